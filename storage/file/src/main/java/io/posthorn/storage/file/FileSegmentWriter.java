package io.posthorn.storage.file;

import io.posthorn.log.LogException;
import io.posthorn.log.SegmentStore.SealedSegment;
import io.posthorn.log.SegmentStore.SegmentId;
import io.posthorn.log.SegmentWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Writes one segment file, and blocks its caller while it does. Confined to one thread.
final class FileSegmentWriter implements SegmentWriter {
    private final SegmentFile segment;
    private final DiskFile file;
    private final Runnable onClose;
    private boolean closed;

    FileSegmentWriter(SegmentFile segment, DiskFile file, Runnable onClose) {
        this.segment = segment;
        this.file = file;
        this.onClose = onClose;
    }

    @Override
    public SegmentId id() {
        return segment.id;
    }

    @Override
    public CompletionStage<Long> append(List<ByteBuffer> entry) {
        long length = 0;
        for (ByteBuffer part : entry) {
            length += part.remaining();
        }
        if (length > EntryHeader.MAX_LENGTH) {
            throw new IllegalArgumentException("an entry of " + length + " bytes");
        }
        try {
            return CompletableFuture.completedFuture(segment.append(file, entry, (int) length));
        } catch (LogException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    @Override
    public boolean fits(long bytes) {
        return segment.fits(bytes);
    }

    @Override
    public void sync() {
        segment.sync(file);
    }

    @Override
    public SealedSegment seal() {
        var sealed = segment.seal(file);
        close();
        return sealed;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        onClose.run();
        try {
            file.close();
        } catch (IOException failure) {
            throw DiskFailures.harmless("closing segment " + segment, failure);
        }
    }
}
