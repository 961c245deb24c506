package io.posthorn.verification.simulation;

import io.posthorn.log.SegmentReader;
import io.posthorn.log.SegmentStore;
import io.posthorn.log.SegmentWriter;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Segments that do as others do. Planted bugs begin here.
class ForwardingSegments implements SegmentStore {
    final SegmentStore segments;

    ForwardingSegments(SegmentStore segments) {
        this.segments = segments;
    }

    @Override
    public SegmentWriter create(SegmentSpec spec) {
        return segments.create(spec);
    }

    @Override
    public SegmentReader open(SegmentId id) {
        return segments.open(id);
    }

    @Override
    public SealedSegment fenceAndSeal(SegmentId id) {
        return segments.fenceAndSeal(id);
    }

    @Override
    public void delete(SegmentId id) {
        segments.delete(id);
    }

    @Override
    public List<SegmentInfo> list() {
        return segments.list();
    }

    @Override
    public Capabilities capabilities() {
        return segments.capabilities();
    }

    @Override
    public long freeBytes() {
        return segments.freeBytes();
    }

    @Override
    public int openHandles() {
        return segments.openHandles();
    }

    @Override
    public void close() {
        segments.close();
    }

    static class ForwardingReader implements SegmentReader {
        final SegmentReader reader;

        ForwardingReader(SegmentReader reader) {
            this.reader = reader;
        }

        @Override
        public SegmentId id() {
            return reader.id();
        }

        @Override
        public @Nullable Entry next(long address) {
            return reader.next(address);
        }

        @Override
        public void read(long address, ByteBuffer target) {
            reader.read(address, target);
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
