package io.posthorn.broker.delay;

import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogSlice;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.function.LongPredicate;

/// Walks through the log of a bucket, and keeps the first messages by due time, as many as were asked for. Runs on
/// a thread that may wait.
final class Scan {
    private static final Logger LOG = System.getLogger(Scan.class.getName());
    private static final int READ_BYTES = 1024 * 1024;

    private final long from;
    private final long firstKey;
    private final int most;
    private final LongPredicate wanted;
    private long[] keys = new long[1024];
    private int count;
    private long horizon = Schedule.NONE;

    /// @param firstKey keys before it are left out
    /// @param most how many to keep
    /// @param wanted of offsets
    Scan(Span span, long firstKey, int most, LongPredicate wanted) {
        this.from = span.from();
        this.firstKey = firstKey;
        this.most = most;
        this.wanted = wanted;
    }

    /// Keys in order, and from which key on there are more.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Found(long[] keys, long horizon) {}

    Found run(Log log, long start, long end) {
        long at = start;
        while (at < end) {
            try (LogSlice slice = log.read(at, READ_BYTES)) {
                if (slice.batches().isEmpty()) {
                    break;
                }
                for (RecordBatch batch : slice.batches()) {
                    look(batch, end);
                    at = batch.lastOffset() + 1;
                }
            } catch (LogException.Damaged e) {
                LOG.log(Level.ERROR, "delayed messages are damaged, and passed over", e);
                at = Math.max(at + 1, e.nextOffset());
            } catch (LogException.OffsetOutOfRange e) {
                long begin = log.bounds().start();
                if (begin <= at) {
                    break;
                }
                at = begin;
            }
        }
        keepFirst();
        return new Found(Arrays.copyOf(keys, count), horizon);
    }

    private void look(RecordBatch batch, long end) {
        RecordCursor record = batch.records();
        while (record.next()) {
            long offset = record.offset();
            if (offset < end) {
                long key = Schedule.key(from, Due.timeOf(record, from), offset);
                if (key >= firstKey && key < horizon && wanted.test(offset)) {
                    add(key);
                }
            }
        }
    }

    private void add(long key) {
        if (count == keys.length) {
            if (count >= 2L * most) {
                keepFirst();
                if (key >= horizon) {
                    return;
                }
            } else {
                keys = Arrays.copyOf(keys, (int) Math.min(2L * count, Math.max(2L * most, 1024)));
            }
        }
        keys[count++] = key;
    }

    private void keepFirst() {
        Arrays.sort(keys, 0, count);
        if (count > most) {
            horizon = keys[most];
            count = most;
        }
    }
}
