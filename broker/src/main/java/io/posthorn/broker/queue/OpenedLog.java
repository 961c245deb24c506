package io.posthorn.broker.queue;

import io.posthorn.broker.BatchOpener;
import io.posthorn.log.ForwardingLog;
import io.posthorn.log.Log;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A log as those see it who take messages one by one: compressed batches are opened.
final class OpenedLog extends ForwardingLog {
    private static final Logger LOG = System.getLogger(OpenedLog.class.getName());

    private final Extent extent;
    private final BatchOpener opener;

    /// @param extent knows the transactions of the log
    OpenedLog(Log log, Extent extent, BatchOpener opener) {
        super(log);
        this.extent = extent;
        this.opener = opener;
    }

    /// What has to be opened is read where that may take its time.
    @Override
    public @Nullable LogSlice readTail(long offset, int maxBytes) {
        LogSlice found = log.readTail(offset, maxBytes);
        if (found == null) {
            return null;
        }
        List<RecordBatch> batches = found.batches();
        int open = firstCompressed(batches);
        if (open == batches.size()) {
            return found;
        }
        if (open == 0) {
            found.close();
            return null;
        }
        return new Seen(found, batches.subList(0, open));
    }

    private static int firstCompressed(List<RecordBatch> batches) {
        int i = 0;
        while (i < batches.size() && !batches.get(i).isCompressed()) {
            i++;
        }
        return i;
    }

    /// Where nothing is for anybody, there are no records.
    @Override
    public LogSlice read(long offset, int maxBytes) {
        LogSlice found = log.read(offset, maxBytes);
        if (isPlain(found.batches())) {
            return found;
        }
        var seen = new ArrayList<RecordBatch>(found.batches().size());
        long stableEnd = extent.bounds().lastStable();
        long bytes = 0;
        for (RecordBatch batch : found.batches()) {
            boolean isNothing = batch.baseOffset() < stableEnd && extent.isVoid(batch);
            RecordBatch shown = isNothing ? batch.withoutRecords() : opened(batch);
            seen.add(shown);
            bytes += shown.sizeInBytes();
            // A little may become much.
            if (bytes >= maxBytes) {
                break;
            }
        }
        return new Seen(found, seen);
    }

    private static boolean isPlain(List<RecordBatch> batches) {
        for (int i = 0; i < batches.size(); i++) {
            if (!batches.get(i).isPlain()) {
                return false;
            }
        }
        return true;
    }

    private RecordBatch opened(RecordBatch batch) {
        if (!batch.isCompressed()) {
            return batch;
        }
        RecordBatch open = opener.open(batch);
        if (open == null) {
            LOG.log(Level.WARNING, "a {0} of {1} cannot be opened, and is passed over", batch, extent);
            return batch.withoutRecords();
        }
        return open;
    }

    /// Other batches than those that were read, whose bytes may be theirs.
    private record Seen(LogSlice read, List<RecordBatch> batches) implements LogSlice {
        @Override
        public void close() {
            read.close();
        }
    }
}
