package io.posthorn.verification.simulation;

import io.posthorn.log.Bytes;
import io.posthorn.log.LogException;
import io.posthorn.log.SegmentReader;
import io.posthorn.log.SegmentStore;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Segments that are read wrongly.
final class MeddledSegments {
    private MeddledSegments() {}

    /// Gives back entries whether or not their checksums are right.
    static final class Unchecked extends ForwardingSegments {
        private static final int HEADER = 32;
        private static final int FIRST = 4096;

        Unchecked(SegmentStore segments) {
            super(segments);
        }

        @Override
        public SegmentReader open(SegmentId id) {
            return new ForwardingReader(segments.open(id)) {
                @Override
                public @Nullable Entry next(long address) {
                    long start = Math.max(FIRST, address);
                    var header = ByteBuffer.allocate(HEADER);
                    try {
                        reader.read(start, header);
                        if (header.getInt(0) != 0x50484A45) {
                            return reader.next(address);
                        }
                        var bytes = ByteBuffer.allocate(header.getInt(4));
                        reader.read(start + HEADER, bytes);
                        long next = (start + HEADER + bytes.capacity() + 511) & -512L;
                        return new Entry(start + HEADER, new Bytes(bytes.array()), next);
                    } catch (LogException.Damaged _) {
                        return null;
                    }
                }
            };
        }
    }

    /// Remembers what was read where, and not that the place may since be another's.
    static final class Stale extends ForwardingSegments {
        private final Map<Long, byte[]> seen = new HashMap<>();

        Stale(SegmentStore segments) {
            super(segments);
        }

        @Override
        public SegmentReader open(SegmentId id) {
            return new ForwardingReader(segments.open(id)) {
                @Override
                public void read(long address, ByteBuffer target) {
                    byte[] stale = seen.get(address);
                    if (stale != null && stale.length == target.remaining()) {
                        target.put(stale);
                        return;
                    }
                    int from = target.position();
                    reader.read(address, target);
                    byte[] fresh = new byte[target.position() - from];
                    target.get(from, fresh);
                    seen.put(address, fresh);
                }
            };
        }
    }
}
