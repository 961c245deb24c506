package io.posthorn.broker.queue;

import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.log.RecordCursor;
import org.jspecify.annotations.Nullable;

/// Reads the messages of one queue in the order in which they go out: each kind is good at one order.
abstract sealed class QueueReader permits ForwardReader, ScatteredReader {
    /// So many messages that nobody gets may be passed over for one that somebody does, before others have a turn.
    private static final int MOST_PASSED_OVER = 1024;

    final WorkQueue queue;
    final DeliveryOrder order;
    final Surroundings shard;
    private final Backlog backlog;
    private final Delivering delivering;

    QueueReader(WorkQueue queue, Backlog backlog, Delivering delivering) {
        this.queue = queue;
        this.order = backlog.order();
        this.shard = queue.shard;
        this.backlog = backlog;
        this.delivering = delivering;
    }

    /// Takes the next ready message; null when there is none, or it has to be read from disk first.
    final @Nullable Delivery next(Holder holder, boolean autoSettle, boolean countRemaining) {
        for (int passedOver = 0; passedOver < MOST_PASSED_OVER; passedOver++) {
            long offset = order.next(queue.visibleEnd);
            if (offset == OffsetSet.NONE) {
                return null;
            }
            switch (seek(offset, queue.visibleEnd)) {
                case COLD -> {
                    return null;
                }
                case GONE -> passOver(offset);
                case EMPTY -> leaveOut(offset);
                case HERE -> {
                    backlog.take(offset);
                    Message message = shard.decoder().decode(current(), queue.handle);
                    if (queue.isLost(offset, message)) {
                        backlog.leave(offset, offset + 1);
                    } else if (delivering.isOver(offset, message.expiresAt())) {
                        delivering.expire(offset);
                    } else {
                        return delivering.delivery(offset, message, holder, autoSettle, countRemaining);
                    }
                }
            }
        }
        queue.activate();
        return null;
    }

    /// After [RecordReader.Found#EMPTY]: where no message is, there is nothing to be settled by anybody.
    final void leaveOut(long offset) {
        long end = offset + 1;
        if (order.isReturned(offset)) {
            backlog.take(offset);
        } else {
            end = behind(offset);
            backlog.skip(offset, end);
        }
        backlog.leave(offset, end);
    }

    /// After [RecordReader.Found#GONE]: what the log does not have, because it is damaged, is never shown and never
    /// settled: its bytes stay. A cursor keeps nothing, so it is done with it.
    final void passOver(long offset) {
        if (queue.isCursor()) {
            leaveOut(offset);
        } else if (order.isReturned(offset)) {
            backlog.take(offset);
            order.left(offset, offset + 1);
        } else {
            backlog.skip(offset, behind(offset));
        }
    }

    private long behind(long offset) {
        return Math.min(Math.max(resumeAt(), offset + 1), queue.visibleEnd);
    }

    /// Moves to the record at `offset`, which is ready.
    ///
    /// @param end where the log ends for this reader
    abstract RecordReader.Found seek(long offset, long end);

    /// After [RecordReader.Found#HERE]: the record.
    abstract RecordCursor current();

    /// After [RecordReader.Found#GONE] and [RecordReader.Found#EMPTY]: the next offset that may be there.
    abstract long resumeAt();

    /// Called at the end of a pass: slow consumers must not pin the memory of the journal's tail.
    abstract void letGoOfTail();

    /// Lets go of everything.
    abstract void release();
}
