package io.posthorn.broker.shard;

import io.posthorn.broker.BatchOpener;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Message;
import io.posthorn.broker.Reply;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.topic.TimedOffset;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks for a record by its timestamp, on a thread that may wait for the disk. Batches say how late the
/// latest of their records is, so only one is looked into.
final class TimeSearch implements Runnable {
    private static final Logger LOG = System.getLogger(TimeSearch.class.getName());
    private static final int SLICE_BYTES = 1024 * 1024;

    private final Log log;
    private final String queue;
    private final long from;
    private final long to;
    private final long timestamp;
    private final BatchOpener opener;
    private final Reply<Optional<TimedOffset>> reply;

    /// Looks for the first record of this time or a later one.
    ///
    /// @param reply called on the thread that runs this
    TimeSearch(
            Queue queue, long from, long to, long timestamp, BatchOpener opener, Reply<Optional<TimedOffset>> reply) {
        this.log = queue.log();
        this.queue = queue.toString();
        this.from = from;
        this.to = to;
        this.timestamp = timestamp;
        this.opener = opener;
        this.reply = reply;
    }

    /// Looks for the first of those with the greatest timestamp.
    TimeSearch(Queue queue, long from, long to, BatchOpener opener, Reply<Optional<TimedOffset>> reply) {
        this(queue, from, to, Message.NEVER, opener, reply);
    }

    @Override
    public void run() {
        Optional<TimedOffset> found;
        try {
            found = Optional.ofNullable(search());
        } catch (LogException e) {
            reply.failed(Failures.of(e));
            return;
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a time was not found in " + queue, e);
            reply.failed(new BrokerException.StorageFailed("records of " + queue + " could not be read"));
            return;
        }
        reply.ok(found);
    }

    /// Where the greatest is looked for, no record has what is asked for, and the best one is the answer.
    private @Nullable TimedOffset search() {
        boolean wantsGreatest = timestamp == Message.NEVER;
        TimedOffset best = null;
        long next = from;
        while (next < to) {
            try (LogSlice slice = log.read(next, SLICE_BYTES)) {
                if (slice.batches().isEmpty()) {
                    return best;
                }
                for (RecordBatch batch : slice.batches()) {
                    next = batch.lastOffset() + 1;
                    if (batch.baseOffset() >= to || batch.isControl() || batch.count() == 0) {
                        continue;
                    }
                    if (!wantsGreatest && batch.maxTimestamp() >= timestamp) {
                        TimedOffset found = firstIn(batch, timestamp);
                        if (found != null) {
                            return found;
                        }
                    }
                    if (wantsGreatest && (best == null || batch.maxTimestamp() > best.timestamp())) {
                        best = firstIn(batch, batch.maxTimestamp());
                    }
                }
            } catch (LogException.Damaged e) {
                next = Math.max(next + 1, e.nextOffset());
            } catch (LogException.OffsetOutOfRange _) {
                next = Math.max(next + 1, log.bounds().start());
            }
        }
        return best;
    }

    /// The first record of this time or a later one. Of what cannot be opened the first record stands for all: who
    /// reads on from there misses nothing.
    private @Nullable TimedOffset firstIn(RecordBatch batch, long wanted) {
        RecordBatch open = batch.isCompressed() && !batch.hasAppendTime() ? opener.open(batch) : batch;
        if (open == null || batch.hasAppendTime()) {
            return new TimedOffset(Math.max(batch.baseOffset(), from), batch.maxTimestamp());
        }
        RecordCursor record = open.records();
        while (record.next()) {
            if (record.timestamp() >= wanted && record.offset() >= from) {
                return new TimedOffset(record.offset(), record.timestamp());
            }
        }
        return null;
    }
}
