package io.posthorn.broker.shard;

import io.posthorn.broker.Done;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.queue.Consumer;
import io.posthorn.broker.queue.Getter;
import io.posthorn.broker.queue.Lessee;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.WorkQueue;
import io.posthorn.log.LogException;

/// Carries out what sessions ask of one queue. A queue whose code throws is taken out of service. Confined to the
/// shard's thread.
final class QueueCommands {
    private final QueueTable queues;
    private final ColdReads reads;
    private final OffsetCommands offsets;
    private final CursorCommands cursors;

    QueueCommands(QueueTable queues, ColdReads reads, OffsetCommands offsets, CursorCommands cursors) {
        this.queues = queues;
        this.reads = reads;
        this.offsets = offsets;
        this.cursors = cursors;
    }

    void perform(Command.OfQueue command) {
        Queue queue = queues.get(command.queue());
        if (queue == null) {
            command.refuse(queues.whyMissing(command.queue()));
            return;
        }
        try {
            perform(queue, command);
        } catch (LogException.Poisoned | LogException.StorageFull e) {
            command.refuse(Failures.of(e));
        } catch (RuntimeException e) {
            queues.quarantine(queue, e);
            command.refuse(queues.whyMissing(command.queue()));
        }
    }

    private void perform(Queue queue, Command.OfQueue command) {
        switch (command) {
            case Command.Settle settle -> settle(queue, settle);
            case Command.Release release -> release(queue, release);
            case Command.Resume resume -> queue.resume(resume.consumer());
            case Command.GrantCredit grant -> queue.creditGranted(grant.consumer());
            case Command.Share share -> {
                share.consumer().share(share.credit());
                share.reply().ok(Done.DONE);
            }
            case Command.Arrived arrived -> queue.arrived(arrived.consumer(), arrived.count(), arrived.bytes());
            case Command.Forwarded answer -> queue.forwarded((int) answer.firstSequence(), (int) answer.lastSequence());
            case Command.NotForwarded answer ->
                queue.notForwarded((int) answer.firstSequence(), (int) answer.lastSequence(), answer.cause());
            case Command.Consume consume -> queue.consume(consume.consumer(), consume.reply());
            case Command.Cancel cancel -> queue.cancel(cancel.consumer(), cancel.reply());
            case Command.Get get -> queue.get(get.getter(), get.autoSettle(), get.reply());
            case Command.Claim claim -> queue.claim(claim.getter(), claim.offsets(), claim.reply());
            case Command.SetPaused pause -> queue.setPaused(pause.reason());
            case Command.OfPartition<?> asked -> offsets.perform(queue, asked);
            case Command.OfCursor<?> asked -> cursors.perform(queue, asked);
            case Command.Purge purge -> queue.purge(purge.reply());
            case Command.Status status -> {
                if (status.isUse()) {
                    queue.used();
                }
                queue.status(status.reply());
            }
            case Command.Browse browse -> reads.browse(queue, browse);
            case Command.CheckDelete check -> queue.checkDelete(check.ifUnused(), check.ifEmpty(), check.reply());
        }
    }

    static void settle(Queue queue, Command.Settle command) {
        OffsetRanges ranges = command.ranges();
        for (int i = 0; i < ranges.size(); i++) {
            queue.settle(command.holder(), ranges.from(i), ranges.to(i), command.outcome());
        }
    }

    private static void release(Queue queue, Command.Release command) {
        if (command.holder() instanceof Consumer consumer) {
            queue.cancel(consumer);
        } else if (command.holder() instanceof Lessee lessee && queue instanceof WorkQueue cursor) {
            cursor.leasing().leave(lessee);
        } else if (command.holder() instanceof Getter getter) {
            getter.leave();
        }
        // Who goes and holds deliveries has not done them.
        queue.release(command.holder(), Outcome.FAILED);
    }
}
