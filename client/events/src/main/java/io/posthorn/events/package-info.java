/// Event-driven architecture as a library: queues to put work into and take it out of, over any broker that a
/// [io.posthorn.events.spi.Provider] can reach. [io.posthorn.events.Posthorn#open] is where it begins.
///
/// Calls block until what they promise is true, so they are for threads that may wait, such as virtual threads.
/// Everything here is thread-safe unless it says otherwise. Knows the JDK only.
@NullMarked
package io.posthorn.events;

import org.jspecify.annotations.NullMarked;
