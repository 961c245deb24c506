package io.posthorn.storage.file;

import io.posthorn.log.LogException;
import io.posthorn.log.SegmentStore.Kind;
import io.posthorn.log.SegmentStore.SegmentId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The identity of a segment file, in its first sector and again in its third; the layout is drawn in
/// `docs/storage-format.md`.
///
/// @param generation counts the openings of the data directory; which of them made this segment
/// @param salt random; every entry and the seal carry it, so that what an earlier segment left in a re-used
/// file is never taken for this one's
/// @param capacity the most bytes of the file that entries may take
record HeaderBlock(SegmentId id, Kind kind, long generation, long salt, long epoch, long capacity) {
    static final int SECTOR = 512;

    /// Header, seal, and a copy of both. Entries begin behind it.
    static final int BLOCK_BYTES = 4096;

    static final int SEAL_AT = SECTOR;
    static final int COPY_AT = 2 * SECTOR;
    static final short VERSION = 1;

    private static final int MAGIC = 0x50485347; // PHSG
    private static final int CRC_AT = 48;

    HeaderBlock {
        if (capacity < 0) {
            throw new IllegalArgumentException("negative capacity");
        }
    }

    /// A whole new block: this header twice, and no seal.
    ByteBuffer toBlock() {
        var block = ByteBuffer.allocate(BLOCK_BYTES);
        put(block, 0);
        put(block, COPY_AT);
        return block;
    }

    private void put(ByteBuffer block, int at) {
        block.putInt(at, MAGIC)
                .putShort(at + 4, VERSION)
                .putShort(at + 6, codeOf(kind))
                .putLong(at + 8, id.value())
                .putLong(at + 16, generation)
                .putLong(at + 24, salt)
                .putLong(at + 32, epoch)
                .putLong(at + 40, capacity);
        block.putInt(at + CRC_AT, checksum(block, at, CRC_AT));
    }

    /// The header of this segment, from either copy; null when both are damaged.
    ///
    /// @throws LogException.Unusable when a newer Posthorn has written it
    static @Nullable HeaderBlock parse(ByteBuffer block, SegmentId id) {
        HeaderBlock first = parse(block, 0, id);
        return first != null ? first : parse(block, COPY_AT, id);
    }

    private static @Nullable HeaderBlock parse(ByteBuffer block, int at, SegmentId id) {
        if (block.limit() < at + SECTOR
                || block.getInt(at) != MAGIC
                || block.getInt(at + CRC_AT) != checksum(block, at, CRC_AT)
                || block.getLong(at + 8) != id.value()) {
            return null;
        }
        short version = block.getShort(at + 4);
        if (version > VERSION) {
            throw new LogException.Unusable(
                    "segment %x has format version %d, this Posthorn reads up to %d: it was written by a newer one"
                            .formatted(id.value(), version, VERSION),
                    null);
        }
        Kind kind = kindOf(block.getShort(at + 6));
        if (kind == null) {
            return null;
        }
        return new HeaderBlock(
                id,
                kind,
                block.getLong(at + 16),
                block.getLong(at + 24),
                block.getLong(at + 32),
                Math.max(0, block.getLong(at + 40)));
    }

    private static short codeOf(Kind kind) {
        return switch (kind) {
            case JOURNAL -> 1;
            case DATA -> 2;
            case SPILL -> 3;
        };
    }

    private static @Nullable Kind kindOf(short code) {
        return switch (code) {
            case 1 -> Kind.JOURNAL;
            case 2 -> Kind.DATA;
            case 3 -> Kind.SPILL;
            default -> null;
        };
    }

    static int checksum(ByteBuffer bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(bytes.slice(from, length));
        return (int) crc.getValue();
    }
}
