package io.posthorn.storage.file;

import io.posthorn.log.SegmentStore.AddressRange;
import io.posthorn.log.SegmentStore.SealedSegment;
import io.posthorn.log.SegmentStore.SegmentId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ends a segment for good: in the second sector of its file, and again in the fourth.
///
/// @param end behind the last entry
/// @param entries how many entries there are, damaged ones included
/// @param torn bytes cut off behind the end
/// @param superseded from here to the beginning of the last entry lies what that entry repeats; equal to `end`
/// when nothing is repeated
/// @param supersededEnd where the repetition begins
/// @param damaged what was found damaged when the segment was sealed; the first few ranges
record Seal(long end, long entries, long torn, long superseded, long supersededEnd, List<AddressRange> damaged) {
    private static final int MAGIC = 0x5048534C; // PHSL
    private static final int RANGES_AT = 56;
    private static final int CRC_AT = HeaderBlock.SECTOR - 4;
    private static final int MAX_RANGES = (CRC_AT - RANGES_AT) / 16;

    Seal {
        damaged = List.copyOf(damaged.size() <= MAX_RANGES ? damaged : damaged.subList(0, MAX_RANGES));
    }

    SealedSegment of(SegmentId id) {
        return new SealedSegment(id, end, torn, damaged);
    }

    /// The sector, bound to its segment by the salt.
    ByteBuffer toSector(long salt) {
        var sector = ByteBuffer.allocate(HeaderBlock.SECTOR)
                .putInt(0, MAGIC)
                .putInt(4, damaged.size())
                .putLong(8, salt)
                .putLong(16, end)
                .putLong(24, entries)
                .putLong(32, torn)
                .putLong(40, superseded)
                .putLong(48, supersededEnd);
        int at = RANGES_AT;
        for (AddressRange range : damaged) {
            sector.putLong(at, range.from()).putLong(at + 8, range.to());
            at += 16;
        }
        return sector.putInt(CRC_AT, HeaderBlock.checksum(sector, 0, CRC_AT));
    }

    /// The seal in this header block, from either copy; null when the segment is not sealed.
    static @Nullable Seal parse(ByteBuffer block, long salt) {
        Seal first = parse(block, HeaderBlock.SEAL_AT, salt);
        return first != null ? first : parse(block, HeaderBlock.COPY_AT + HeaderBlock.SEAL_AT, salt);
    }

    private static @Nullable Seal parse(ByteBuffer block, int at, long salt) {
        if (block.limit() < at + HeaderBlock.SECTOR
                || block.getInt(at) != MAGIC
                || block.getLong(at + 8) != salt
                || block.getInt(at + CRC_AT) != HeaderBlock.checksum(block, at, CRC_AT)) {
            return null;
        }
        int count = block.getInt(at + 4);
        if (count < 0 || count > MAX_RANGES) {
            return null;
        }
        var ranges = new ArrayList<AddressRange>(count);
        for (int i = 0; i < count; i++) {
            int rangeAt = at + RANGES_AT + 16 * i;
            ranges.add(new AddressRange(block.getLong(rangeAt), block.getLong(rangeAt + 8)));
        }
        return new Seal(
                block.getLong(at + 16),
                block.getLong(at + 24),
                block.getLong(at + 32),
                block.getLong(at + 40),
                block.getLong(at + 48),
                ranges);
    }
}
