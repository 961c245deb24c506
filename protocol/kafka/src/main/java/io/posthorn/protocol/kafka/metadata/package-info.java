/// What clients ask first: which topics there are, with which partitions, and where. Owns these answers and
/// nothing that changes, but that a topic may come to be when it is asked for; must not know what is in
/// topics.
@NullMarked
package io.posthorn.protocol.kafka.metadata;

import org.jspecify.annotations.NullMarked;
