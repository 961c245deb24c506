package io.posthorn.storage.file;

import io.posthorn.log.SegmentStore.AddressRange;
import io.posthorn.log.SegmentStore.Kind;
import io.posthorn.storage.file.EntryScanner.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decides how a segment ends whose writer is gone or has failed.
///
/// A journal has at most one entry that is not synced, its last. So what is not whole is a torn tail when
/// nothing whole follows, and damage when a later entry does. And only the last whole entry is in doubt: it may
/// be in the page cache and, where a sync has failed, marked clean there without ever having reached the disk.
/// It is written once more, behind itself (a sector that may be confirmed is never written again), and
/// synced: from then on it is as durable as the rest.
final class TailRepair {
    private final List<AddressRange> damaged = new ArrayList<>();
    private @Nullable Found last;
    private long superseded = Long.MAX_VALUE;
    private long end = HeaderBlock.BLOCK_BYTES;

    private TailRepair() {}

    /// The seal to write; everything it covers is durable on return.
    static Seal settle(DiskFile file, Kind kind, long salt) throws IOException {
        var repair = new TailRepair();
        long size = file.size();
        var scanner = new EntryScanner(file::read, salt, size);
        repair.scan(scanner, kind);
        long torn = tornBytes(file, repair.end, size, salt);
        if (kind == Kind.JOURNAL && repair.last != null) {
            repair.repeatLast(file, salt);
        }
        if (kind != Kind.SPILL) {
            file.sync();
        }
        return repair.seal(torn);
    }

    private void scan(EntryScanner scanner, Kind kind) throws IOException {
        for (Found found = scanner.next(end); found != null; found = scanner.next(end)) {
            long expected = last == null ? 0 : last.header().sequence() + 1;
            boolean continues = found.start() == end && found.header().sequence() == expected;
            if (!continues && kind != Kind.JOURNAL) {
                // Entries that were written without a sync between them survive in any pattern.
                return;
            }
            accept(found, expected);
        }
    }

    private void accept(Found found, long expected) {
        long sequence = found.header().sequence();
        if (sequence > expected) {
            damaged.add(new AddressRange(end, found.start()));
        } else if (sequence < expected && last != null) {
            superseded = Math.min(superseded, last.start());
        } else if (found.start() > end) {
            // The first of two copies is gone, and this is the second.
            superseded = Math.min(superseded, end);
        }
        last = found;
        end = found.end();
    }

    private void repeatLast(DiskFile file, long salt) throws IOException {
        Found doubtful = java.util.Objects.requireNonNull(last);
        var bytes = doubtful.bytes();
        var entry = List.of(ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length()));
        var header = EntryHeader.of(entry, bytes.length(), doubtful.header().sequence(), salt);
        int padding = (int) (EntryHeader.framed(bytes.length()) - EntryHeader.BYTES - bytes.length());
        file.write(end, List.of(header, entry.getFirst(), ByteBuffer.allocate(padding)));
        superseded = Math.min(superseded, doubtful.start());
        last = new Found(end, doubtful.header(), bytes);
        end = last.end();
    }

    private Seal seal(long torn) {
        long count = last == null ? 0 : last.header().sequence() + 1;
        long lastStart = last == null ? end : last.start();
        return new Seal(end, count, torn, Math.min(superseded, lastStart), lastStart, damaged);
    }

    /// As much as the torn entry's header tells, when that has survived.
    private static long tornBytes(DiskFile file, long end, long size, long salt) throws IOException {
        var header = ByteBuffer.allocate(EntryHeader.BYTES);
        if (end + EntryHeader.BYTES > size) {
            return Math.max(0, size - end);
        }
        file.read(end, header);
        if (header.hasRemaining() || !EntryHeader.isValidAt(header, 0, salt)) {
            return 0;
        }
        return Math.min(
                size - end, EntryHeader.framed(EntryHeader.parse(header, 0).length()));
    }
}
