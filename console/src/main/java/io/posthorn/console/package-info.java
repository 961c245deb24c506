/// How people and their tools see and run a broker: the management API over HTTP, and metrics.
///
/// Knows the broker's nouns and HTTP; no other protocol, no storage, no file of its own.
@NullMarked
package io.posthorn.console;

import org.jspecify.annotations.NullMarked;
