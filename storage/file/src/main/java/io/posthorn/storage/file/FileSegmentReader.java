package io.posthorn.storage.file;

import io.posthorn.log.LogException;
import io.posthorn.log.SegmentReader;
import io.posthorn.log.SegmentStore.SegmentId;
import io.posthorn.storage.file.EntryScanner.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads one segment file, through the files that the store keeps open. Keeps the segment from being given
/// back until closed. Thread-safe.
final class FileSegmentReader implements SegmentReader {
    private final SegmentFile segment;
    private final Handles handles;
    private final Runnable onClose;
    private @Nullable EntryScanner scanner;
    private boolean closed;

    FileSegmentReader(SegmentFile segment, Handles handles, Runnable onClose) {
        this.segment = segment;
        this.handles = handles;
        this.onClose = onClose;
    }

    @Override
    public SegmentId id() {
        return segment.id;
    }

    @Override
    public synchronized @Nullable Entry next(long address) {
        try {
            if (scanner == null || address == 0) {
                // From the beginning again: the segment may have grown, or have been sealed.
                long size = handles.use(segment.name, DiskFile::size);
                scanner = segment.scanner(this::fill, size);
            }
            if (scanner == null) {
                return null;
            }
            long from = segment.skipSuperseded(Math.max(address, HeaderBlock.BLOCK_BYTES));
            Found found = scanner.next(from);
            return found == null ? null : new Entry(found.address(), found.bytes(), found.end());
        } catch (IOException failure) {
            throw new LogException.Unreadable(
                    "segment " + segment + " cannot be read: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void read(long address, ByteBuffer target) {
        int wanted = target.remaining();
        try {
            int count = fill(address, target);
            if (count < wanted) {
                throw new LogException.Damaged(
                        "segment %s has %d of %d bytes at %d".formatted(segment, count, wanted, address), 0);
            }
        } catch (IOException failure) {
            throw new LogException.Unreadable(
                    "segment %s cannot be read at %d: %s".formatted(segment, address, failure.getMessage()), failure);
        }
    }

    private int fill(long position, ByteBuffer target) throws IOException {
        return handles.use(segment.name, file -> file.read(position, target));
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            onClose.run();
        }
    }
}
