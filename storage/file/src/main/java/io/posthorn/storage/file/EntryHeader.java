package io.posthorn.storage.file;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/// The 32 bytes before an entry's own, at a multiple of 512; the layout is drawn in `docs/storage-format.md`.
///
/// The first checksum covers the entry's bytes; the second the header with the first and with the segment's
/// salt. So an entry is whole, and of this segment, when both are right; and a length is believed before that
/// many bytes are read.
///
/// @param sequence 0 for the first entry of a segment, then one more for each; the same as the entry's before
/// for one that repeats it
record EntryHeader(int length, long sequence, int checksum) {
    static final int BYTES = 32;
    static final int MAGIC = 0x50484A45; // PHJE
    static final int MAX_LENGTH = 512 * 1024 * 1024;

    private static final int CRC_AT = 28;

    static long align(long position) {
        return (position + HeaderBlock.SECTOR - 1) & -HeaderBlock.SECTOR;
    }

    /// Bytes of the file that an entry of this length takes.
    static long framed(long length) {
        return align(BYTES + length);
    }

    static ByteBuffer of(List<ByteBuffer> entry, int length, long sequence, long salt) {
        var crc = new CRC32C();
        for (ByteBuffer part : entry) {
            crc.update(part.duplicate());
        }
        var header = ByteBuffer.allocate(BYTES)
                .putInt(0, MAGIC)
                .putInt(4, length)
                .putLong(8, sequence)
                .putLong(16, salt)
                .putInt(24, (int) crc.getValue());
        return header.putInt(CRC_AT, HeaderBlock.checksum(header, 0, CRC_AT));
    }

    /// Whether there can be one of this salt here: cheap, for the search.
    static boolean startsAt(ByteBuffer bytes, int at, long salt) {
        return bytes.getInt(at) == MAGIC && bytes.getLong(at + 16) == salt;
    }

    static boolean isValidAt(ByteBuffer bytes, int at, long salt) {
        return startsAt(bytes, at, salt)
                && bytes.getInt(at + CRC_AT) == HeaderBlock.checksum(bytes, at, CRC_AT)
                && bytes.getInt(at + 4) >= 0
                && bytes.getInt(at + 4) <= MAX_LENGTH
                && bytes.getLong(at + 8) >= 0;
    }

    static EntryHeader parse(ByteBuffer bytes, int at) {
        return new EntryHeader(bytes.getInt(at + 4), bytes.getLong(at + 8), bytes.getInt(at + 24));
    }
}
