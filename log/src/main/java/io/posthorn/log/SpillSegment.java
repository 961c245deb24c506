package io.posthorn.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// A segment with batches of volatile logs. Deleted when it is full and nothing in it is wanted any more.
final class SpillSegment {
    private final SegmentStore store;
    private final SegmentWriter writer;
    private @Nullable SegmentReader reader;
    private long wanted;
    private int readers;
    private boolean full;
    private boolean deleted;

    SpillSegment(SegmentStore store, SegmentWriter writer) {
        this.store = store;
        this.writer = writer;
    }

    boolean fits(long bytes) {
        return writer.fits(bytes);
    }

    /// Writes the batches as one entry, and returns the address of the first.
    long write(List<ByteBuffer> batches) {
        long size = 0;
        for (ByteBuffer batch : batches) {
            size += batch.remaining();
        }
        try {
            long address = writer.append(batches).toCompletableFuture().join();
            synchronized (this) {
                wanted += size;
            }
            return address;
        } catch (CompletionException e) {
            throw new LogException.Poisoned("spilling failed", e.getCause());
        }
    }

    /// Keeps the segment until [#letGo].
    synchronized void use() {
        readers++;
    }

    synchronized void letGo() {
        readers--;
        deleteIfUnwanted();
    }

    void read(long address, ByteBuffer target) {
        reader().read(address, target);
    }

    private synchronized SegmentReader reader() {
        if (reader == null) {
            reader = store.open(writer.id());
        }
        return reader;
    }

    /// So many bytes are not wanted any more.
    synchronized void release(long bytes) {
        wanted -= bytes;
        deleteIfUnwanted();
    }

    /// Nothing more is written.
    synchronized void finish() {
        full = true;
        writer.close();
        deleteIfUnwanted();
    }

    private void deleteIfUnwanted() {
        if (full && wanted == 0 && readers == 0 && !deleted) {
            deleted = true;
            if (reader != null) {
                reader.close();
            }
            store.fenceAndSeal(writer.id());
            store.delete(writer.id());
        }
    }
}
