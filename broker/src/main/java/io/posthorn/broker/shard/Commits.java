package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Done;
import io.posthorn.broker.MemoryBudget;
import io.posthorn.broker.Reply;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.queue.Queue;
import io.posthorn.log.LogException;
import io.posthorn.log.LogStorage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;

/// Carries out what transactions do to one shard. Confined to the shard's thread.
///
/// Everything durable goes into the journal as one, which a crash keeps whole or not at all; then settlements change
/// what is in memory. Publications are answered by their receipts, settlements by the command's reply, and both in any
/// case: somebody waits.
final class Commits {
    private static final Logger LOG = System.getLogger(Commits.class.getName());

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
            refuse(commit, commit.publications(), new BrokerException.ShuttingDown("the broker is stopping"));
            return;
        }
        var publications = new ArrayDeque<>(commit.publications());
        boolean settles;
        try {
            settles = append(commit, publications);
        } catch (BrokerException e) {
            refuse(commit, publications, e);
            return;
        } catch (LogException e) {
            refuse(commit, publications, Failures.of(e));
            return;
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a transaction was not committed", e);
            refuse(commit, publications, new BrokerException.StorageFailed("the transaction could not be stored"));
            return;
        }
        commit.settlements().forEach(this::settle);
        if (settles) {
            publishing.park(new Waiting(storage.journal().end(), commit.reply()));
        } else {
            commit.reply().ok(Done.DONE);
        }
    }

    /// @param publications those that are appended, and so will be answered, are taken out
    /// @return whether anything ends with the settlements
    private boolean append(Command.Commit commit, ArrayDeque<Publication> publications) {
        boolean settles = writeEnded(commit.settlements());
        long size = CommitSize.of(commit.publications(), events.size(), queues);
        if (size > storage.mostAtOnce()) {
            throw new BrokerException.LimitReached(
                    "a transaction that takes %d bytes in a journal that takes %d at once"
                            .formatted(size, storage.mostAtOnce()));
        }
        storage.atomically(publications.isEmpty(), () -> {
            for (var next = publications.poll(); next != null; next = publications.poll()) {
                memory.appended(next.batch().sizeInBytes());
                publishing.append(next, false);
            }
            if (settles) {
                storage.journal().append(machine, events.take(), true);
            }
        });
        return settles;
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

    /// @param publications those that nobody else answers
    private void refuse(Command.Commit commit, Collection<Publication> publications, BrokerException cause) {
        events.take();
        publications.forEach(publication -> publication.refused(cause));
        commit.reply().failed(cause);
    }
}
