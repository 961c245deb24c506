/// The audit log of a server: a file of its own, a line for each thing that somebody did.
///
/// Knows what an entry is, and nothing of who makes them.
@NullMarked
package io.posthorn.server.audit;

import org.jspecify.annotations.NullMarked;
