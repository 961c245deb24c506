/// Messages that wait for their time: in which logs they lie, which of them are next, and what of that survives a
/// restart. Knows nothing of where they go then: the shard forwards them.
@NullMarked
package io.posthorn.broker.delay;

import org.jspecify.annotations.NullMarked;
