package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import io.posthorn.broker.queue.Queue;
import io.posthorn.log.Journal;
import java.util.function.LongSupplier;

/// Answers to those who want what they did to be on disk before they hear of it. Confined to the shard's thread.
final class DurableAnswers {
    private final Journal journal;
    private final Publishing publishing;
    private final Settling settlements;
    private final LongSupplier clock;

    /// @param clock wall time in milliseconds since the epoch, the same during a pass
    DurableAnswers(Journal journal, Publishing publishing, Settling settlements, LongSupplier clock) {
        this.journal = journal;
        this.publishing = publishing;
        this.settlements = settlements;
        this.clock = clock;
    }

    private record Waiting<T>(long position, T answer, Reply<T> reply) implements ParkedReceipts.Parked {
        @Override
        public void durable() {
            reply.ok(answer);
        }

        @Override
        public void never(BrokerException cause) {
            reply.failed(cause);
        }
    }

    /// Answers once what was settled in the queue is durable. It is written now: at the end of the pass it would lie
    /// behind the position that is waited for.
    <T> void onceSettled(Queue queue, T answer, Reply<T> reply) {
        if (!queue.durable()) {
            reply.ok(answer);
            return;
        }
        BrokerException unwritten = settlements.recordNow(queue, clock.getAsLong());
        if (unwritten != null) {
            reply.failed(unwritten);
            return;
        }
        onceWritten(answer, reply);
    }

    /// Answers once all that the journal has by now is durable.
    <T> void onceWritten(T answer, Reply<T> reply) {
        publishing.park(new Waiting<>(journal.end(), answer, reply));
    }
}
