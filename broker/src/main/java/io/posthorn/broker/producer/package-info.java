/// What a partition knows of those who number their batches: who repeats itself, who has been replaced, and which
/// transactions are open or came to nothing. Owns Kafka's rules for that; must not know queues, journals or wires.
@NullMarked
package io.posthorn.broker.producer;

import org.jspecify.annotations.NullMarked;
