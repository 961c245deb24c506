package io.posthorn.protocol.kafka;

import io.posthorn.log.Bytes;
import java.nio.ByteBuffer;

/// Looks how much memory bytes packed by Snappy ask for. The library believes each number that it reads and makes room
/// for it, so this has to be known before.
///
/// Either one block, which begins with the length of what is packed, or, as Java's library writes it, a header and
/// chunks: the length of a block and the block.
final class SnappyChunks {
    private static final long MAGIC = 0x82534e4150505900L;
    private static final int HEADER = 16;

    private SnappyChunks() {}

    /// @return false when some block says it is longer than the bytes that there are, or becomes longer than `most`
    static boolean areBounded(Bytes packed, int most) {
        ByteBuffer in = packed.asByteBuffer();
        if (in.remaining() < HEADER || in.getLong(in.position()) != MAGIC) {
            return unpackedLength(in) <= most;
        }
        in.position(in.position() + HEADER);
        while (in.remaining() >= Integer.BYTES) {
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                return false;
            }
            int end = in.position() + length;
            if (unpackedLength(in) > most) {
                return false;
            }
            in.position(end);
        }
        return true;
    }

    /// A number in groups of seven bits, low ones first.
    private static long unpackedLength(ByteBuffer in) {
        long length = 0;
        for (int shift = 0; shift < Integer.SIZE && in.hasRemaining(); shift += 7) {
            byte octet = in.get();
            length |= (octet & 0x7FL) << shift;
            if (octet >= 0) {
                return length;
            }
        }
        return Long.MAX_VALUE;
    }
}
