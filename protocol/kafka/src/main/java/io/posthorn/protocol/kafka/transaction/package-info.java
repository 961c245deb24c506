/// Who the producers are, and what becomes of their transactions: ids and epochs, which partitions a
/// transaction has written to, and that it ends in all of them or in none. Keeps what it knows in
/// `__transaction_state`, in Kafka's own records. Knows topics and partitions as the broker names them;
/// must not know sockets, nor how groups keep offsets.
@NullMarked
package io.posthorn.protocol.kafka.transaction;

import org.jspecify.annotations.NullMarked;
