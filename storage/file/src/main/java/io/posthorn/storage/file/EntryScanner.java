package io.posthorn.storage.file;

import io.posthorn.log.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Finds the whole entries of one segment, in order, reading ahead. For one thread.
final class EntryScanner {
    private static final int WINDOW_BYTES = 256 * 1024;

    private final Source source;
    private final long salt;
    private final long end;
    private final ByteBuffer window;
    private long windowStart;

    /// @param end where the segment ends: as sealed, or the size of its file
    EntryScanner(Source source, long salt, long end) {
        this.source = source;
        this.salt = salt;
        this.end = end;
        this.window = ByteBuffer.allocate(Math.clamp(end - HeaderBlock.BLOCK_BYTES, EntryHeader.BYTES, WINDOW_BYTES));
        this.window.limit(0);
    }

    /// Where the bytes come from.
    interface Source {
        int read(long position, ByteBuffer target) throws IOException;
    }

    /// @param start of its header
    record Found(long start, EntryHeader header, Bytes bytes) {
        long address() {
            return start + EntryHeader.BYTES;
        }

        long end() {
            return start + EntryHeader.framed(header.length());
        }
    }

    /// The first whole entry at or behind `from`; null when there is none.
    @Nullable
    Found next(long from) throws IOException {
        long start = Math.max(EntryHeader.align(from), HeaderBlock.BLOCK_BYTES);
        for (; start + EntryHeader.BYTES <= end; start += HeaderBlock.SECTOR) {
            int at = inWindow(start, EntryHeader.BYTES);
            if (at >= 0 && EntryHeader.isValidAt(window, at, salt)) {
                Found found = wholeEntry(start, EntryHeader.parse(window, at));
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private @Nullable Found wholeEntry(long start, EntryHeader header) throws IOException {
        long from = start + EntryHeader.BYTES;
        if (header.length() > end - from) {
            return null;
        }
        var target = ByteBuffer.allocate(header.length());
        int at = (int) (from - windowStart);
        target.put(window.slice(at, Math.min(window.limit() - at, header.length())));
        if (target.hasRemaining()) {
            source.read(from + target.position(), target);
        }
        boolean whole = !target.hasRemaining() && HeaderBlock.checksum(target, 0, header.length()) == header.checksum();
        return whole ? new Found(start, header, new Bytes(target.array())) : null;
    }

    /// The index of this position in the window, which is moved when it must be; -1 when there is no such
    /// position.
    private int inWindow(long position, int length) throws IOException {
        if (position < windowStart || position + length > windowStart + window.limit()) {
            windowStart = position;
            window.clear();
            window.limit((int) Math.min(window.capacity(), end - position));
            source.read(position, window);
            window.flip();
        }
        return window.limit() >= length ? (int) (position - windowStart) : -1;
    }
}
