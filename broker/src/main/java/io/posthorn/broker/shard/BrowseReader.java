package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrowsePage;
import io.posthorn.broker.BrowsedMessage;
import io.posthorn.broker.MessageState;
import io.posthorn.broker.Reply;
import io.posthorn.broker.message.MessageDecoder;
import io.posthorn.broker.queue.Glance;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the messages that somebody wants to look at, on a thread that may wait for the disk. What has gone since the
/// queue named it is left out.
final class BrowseReader implements Runnable {
    private static final Logger LOG = System.getLogger(BrowseReader.class.getName());
    private static final int SLICE_BYTES = 256 * 1024;

    private final QueueEntry queue;
    private final Log log;
    private final MessageState state;
    private final Glance glance;
    private final long mostBytes;
    private final Reply<BrowsePage> reply;
    private final MessageDecoder decoder = new MessageDecoder();
    private final List<BrowsedMessage> found = new ArrayList<>();
    private @Nullable LogSlice slice;
    private long bytes;

    /// @param reply called on the thread that runs this
    BrowseReader(
            QueueEntry queue, Log log, MessageState state, Glance glance, long mostBytes, Reply<BrowsePage> reply) {
        this.queue = queue;
        this.log = log;
        this.state = state;
        this.glance = glance;
        this.mostBytes = mostBytes;
        this.reply = reply;
    }

    @Override
    public void run() {
        BrowsePage page;
        try {
            page = new BrowsePage(found, read());
        } catch (LogException e) {
            reply.failed(Failures.of(e));
            return;
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "messages of " + queue + " could not be looked at", e);
            reply.failed(new BrokerException.StorageFailed("messages of " + queue + " could not be read"));
            return;
        } finally {
            letGo();
        }
        reply.ok(page);
    }

    /// @return where the next page begins
    private long read() {
        for (Glance.Seen seen : glance.seen()) {
            if (bytes >= mostBytes) {
                return seen.offset();
            }
            RecordCursor record = find(seen.offset());
            if (record != null) {
                add(seen, record);
            }
        }
        return glance.end() ? BrowsePage.END : glance.next();
    }

    private void add(Glance.Seen seen, RecordCursor record) {
        var message = MessageDecoder.copyOf(decoder.decode(record, queue));
        bytes += message.body().length();
        found.add(new BrowsedMessage(
                queue,
                state,
                BrowsedMessage.id(queue, seen.offset()),
                seen.redelivered(),
                seen.deliveryCount(),
                message));
    }

    private @Nullable RecordCursor find(long offset) {
        try {
            return recordIn(slice(offset), offset);
        } catch (LogException.OffsetOutOfRange | LogException.Damaged _) {
            return null;
        }
    }

    private LogSlice slice(long offset) {
        LogSlice known = slice;
        if (known != null && batchOf(known, offset) != null) {
            return known;
        }
        letGo();
        LogSlice read = log.read(offset, SLICE_BYTES);
        slice = read;
        return read;
    }

    private static @Nullable RecordBatch batchOf(LogSlice slice, long offset) {
        for (RecordBatch batch : slice.batches()) {
            if (offset >= batch.baseOffset() && offset <= batch.lastOffset()) {
                return batch;
            }
        }
        return null;
    }

    private static @Nullable RecordCursor recordIn(LogSlice slice, long offset) {
        RecordBatch batch = batchOf(slice, offset);
        if (batch == null) {
            return null;
        }
        RecordCursor cursor = batch.records();
        while (cursor.next()) {
            if (cursor.offset() == offset) {
                return cursor;
            }
        }
        return null;
    }

    private void letGo() {
        LogSlice used = slice;
        slice = null;
        if (used != null) {
            used.close();
        }
    }
}
