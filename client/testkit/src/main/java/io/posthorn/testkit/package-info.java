/// For tests of programs that use the library: a broker whose time the test moves, that says when nothing
/// goes on any more, that fails where a test wants it to, and that is a real server when it should be.
///
/// It runs the same broker as production does, and lays itself around its clock, its threads and its links.
/// Nothing below knows of it.
@NullMarked
package io.posthorn.testkit;

import org.jspecify.annotations.NullMarked;
