package io.posthorn.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What one flush writes: one entry of a segment, made of the journal's position and the frames from there on.
///
/// @param from position of the first frame
/// @param to position behind the last
record Group(long from, long to, List<ByteBuffer> buffers) {
    /// Bytes of an entry before its first frame.
    static final int PREAMBLE = Long.BYTES;

    static Group of(long from, long to, List<Slab> slabs) {
        var buffers = new ArrayList<ByteBuffer>(slabs.size() + 1);
        buffers.add(ByteBuffer.allocate(PREAMBLE).putLong(0, from));
        for (Slab slab : slabs) {
            int skip = (int) Math.max(0, from - slab.base);
            buffers.add(ByteBuffer.wrap(slab.array, skip, (int) (Math.min(to, slab.end()) - slab.base) - skip));
        }
        return new Group(from, to, buffers);
    }

    long size() {
        return PREAMBLE + to - from;
    }
}
