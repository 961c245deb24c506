package io.posthorn.log;

import io.posthorn.log.SegmentStore.Kind;
import io.posthorn.log.SegmentStore.SegmentSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Writes batches, which come sorted by log, into as many data segments as it takes: frames in entries of about
/// 1 MiB, then the index, then one sync.
final class DataWriter {
    private static final System.Logger LOGGER = System.getLogger(DataWriter.class.getName());

    private static final int ENTRY = 1 << 20;
    private static final int BLOCK = 64 << 10;
    private static final int LARGEST_INDEX = 8 << 20;

    /// Written and not yet synced, at most: syncs of the journal wait behind whatever the device is given at once.
    private static final long MOST_UNSYNCED = 8 << 20;

    /// A finished segment, and how the manifest names it.
    record Written(DataSegment segment, Manifest.DataPart part) {}

    private final SegmentStore store;
    private final long capacity;
    private final long epoch;
    private final Runnable betweenEntries;
    private final List<Written> written = new ArrayList<>();
    private final DataSegment.Builder entryBlocks = new DataSegment.Builder();

    private byte[] buffer = new byte[ENTRY];
    private int used;
    private @Nullable SegmentWriter writer;
    private DataSegment.Builder index = new DataSegment.Builder();
    private long bytes;
    private long unsynced;

    private long blockLog;
    private long blockFirst;
    private long blockEnd;
    private int blockStart;

    /// @param betweenEntries runs now and then; may throw to end the work
    DataWriter(SegmentStore store, long capacity, long epoch, Runnable betweenEntries) {
        this.store = store;
        this.capacity = capacity;
        this.epoch = epoch;
        this.betweenEntries = betweenEntries;
    }

    /// @param from the offset behind what came before it of this log, or of its own: what lies in between is no more
    void add(long log, long from, RecordBatch batch) {
        int size = FrameCodec.batchSize(batch);
        if (used > 0 && used + size > ENTRY) {
            writeEntry();
        }
        if (size > buffer.length) {
            buffer = Arrays.copyOf(buffer, size);
        }
        boolean continues = log == blockLog && from == blockEnd && used - blockStart < BLOCK;
        if (used > blockStart && !continues) {
            endBlock();
        }
        if (used == blockStart) {
            blockLog = log;
            blockFirst = from;
        }
        FrameCodec.putBatch(buffer, used, log, batch.baseOffset(), batch);
        used += size;
        blockEnd = batch.lastOffset() + 1;
    }

    private void endBlock() {
        entryBlocks.add(blockLog, blockFirst, blockEnd, blockStart, used - blockStart);
        blockStart = used;
    }

    private void writeEntry() {
        endBlock();
        SegmentWriter target = writer();
        long address = append(target, ByteBuffer.wrap(buffer, 0, used));
        entryBlocks.moveTo(index, address);
        bytes += used;
        unsynced += used;
        if (unsynced >= MOST_UNSYNCED) {
            target.sync();
            unsynced = 0;
        }
        used = 0;
        blockStart = 0;
        if (bytes >= capacity || index.indexSize() >= LARGEST_INDEX) {
            finishSegment(target);
        }
        betweenEntries.run();
    }

    private SegmentWriter writer() {
        SegmentWriter current = writer;
        if (current == null) {
            // Plain growing segments: the capacity is a promise, not a reservation.
            current = store.create(new SegmentSpec(Kind.DATA, Math.addExact(2 * capacity, 1L << 30), epoch));
            writer = current;
        }
        return current;
    }

    private static long append(SegmentWriter target, ByteBuffer entry) {
        try {
            return target.append(List.of(entry)).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new LogException.Poisoned("writing data " + target.id() + " failed", e.getCause());
        }
    }

    private void finishSegment(SegmentWriter target) {
        DataSegment segment = index.build(target.id());
        Bytes encoded = segment.encode();
        byte[] footer = new byte[FrameCodec.bodySize(encoded)];
        FrameCodec.putFooter(footer, 0, encoded);
        long address = append(target, ByteBuffer.wrap(footer));
        target.sync();
        target.seal();
        unsynced = 0;
        written.add(new Written(segment, new Manifest.DataPart(target.id(), address, footer.length, bytes)));
        writer = null;
        index = new DataSegment.Builder();
        bytes = 0;
    }

    /// What follows lies in another segment.
    void endSegment() {
        if (used > 0) {
            writeEntry();
        }
        if (writer != null) {
            finishSegment(writer);
        }
    }

    /// Ends the last segment. All segments are durable then, and no manifest knows them yet.
    List<Written> finish() {
        endSegment();
        return List.copyOf(written);
    }

    /// Gives up what was written. What cannot be deleted now is an orphan, which the next opening deletes.
    void abort() {
        SegmentWriter open = writer;
        try {
            if (open != null) {
                open.close();
                store.fenceAndSeal(open.id());
                store.delete(open.id());
            }
            written.forEach(segment -> store.delete(segment.segment().id()));
        } catch (RuntimeException e) {
            LOGGER.log(System.Logger.Level.WARNING, "data segments that are not needed could not be deleted", e);
        }
    }
}
