package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Done;
import io.posthorn.broker.MemoryBudget;
import io.posthorn.broker.Reply;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.queue.Queue;
import io.posthorn.log.LogException;
import io.posthorn.log.LogStorage;
import java.util.List;

/// Carries out what transactions do to one shard. Confined to the shard's thread.
///
/// Everything durable goes into the journal as one, which a crash keeps whole or not at all; then settlements change
/// what is in memory. Publications are answered by their receipts, settlements by the command's reply.
final class Commits {
    private final int machine;
    private final LogStorage storage;
    private final QueueTable queues;
    private final Publishing publishing;
    private final MemoryBudget memory;
    private final ShardEventCodec events = new ShardEventCodec();

    Commits(int machine, LogStorage storage, QueueTable queues, Publishing publishing, MemoryBudget memory) {
        this.machine = machine;
        this.storage = storage;
        this.queues = queues;
        this.publishing = publishing;
        this.memory = memory;
    }

    private record Waiting(long position, Reply<Done> reply) implements ParkedReceipts.Parked {
        @Override
        public void durable() {
            reply.ok(Done.DONE);
        }

        @Override
        public void never(BrokerException cause) {
            reply.failed(cause);
        }
    }

    void perform(Command.Commit commit, boolean stopped) {
        if (stopped) {
            refuse(commit, new BrokerException.ShuttingDown("the broker is stopping"));
            return;
        }
        boolean settles = writeEnded(commit.settlements());
        try {
            storage.atomically(commit.publications().isEmpty(), () -> append(commit.publications(), settles));
        } catch (LogException e) {
            events.take();
            refuse(commit, Failures.of(e));
            return;
        }
        commit.settlements().forEach(this::settle);
        if (settles) {
            publishing.park(new Waiting(storage.journal().end(), commit.reply()));
        } else {
            commit.reply().ok(Done.DONE);
        }
    }

    private void append(List<Publication> publications, boolean settles) {
        for (Publication publication : publications) {
            memory.appended(publication.batch().sizeInBytes());
            publishing.append(publication, false);
        }
        if (settles) {
            storage.journal().append(machine, events.take(), true);
        }
    }

    /// Writes the event of what ends with the settlements.
    ///
    /// @return whether anything does
    private boolean writeEnded(List<Command.Settle> settlements) {
        for (Command.Settle each : settlements) {
            Queue queue = queues.get(each.queue());
            if (queue != null && queue.durable()) {
                var ended = new OffsetRanges();
                OffsetRanges ranges = each.ranges();
                for (int i = 0; i < ranges.size(); i++) {
                    queue.collectEnded(each.holder(), ranges.from(i), ranges.to(i), each.outcome(), ended);
                }
                if (!ended.isEmpty()) {
                    events.write(new ShardEvent.Settled(queue.log().id(), ended));
                }
            }
        }
        return events.size() > 0;
    }

    private void settle(Command.Settle settle) {
        Queue queue = queues.get(settle.queue());
        if (queue == null) {
            settle.refuse(queues.whyMissing(settle.queue()));
            return;
        }
        try {
            QueueCommands.settle(queue, settle);
        } catch (RuntimeException e) {
            queues.quarantine(queue, e);
        }
    }

    private static void refuse(Command.Commit commit, BrokerException cause) {
        commit.publications().forEach(publication -> publication.refused(cause));
        commit.reply().failed(cause);
    }
}
