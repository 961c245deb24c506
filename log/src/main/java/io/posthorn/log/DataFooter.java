package io.posthorn.log;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Finds the index of a data segment.
final class DataFooter {
    private DataFooter() {}

    /// The index as it was written; made anew from the frames when it is damaged, for they say everything
    /// themselves.
    static DataSegment read(SegmentReader segment, Manifest.DataPart part, DamageReport damage) {
        DataSegment written = written(segment, part);
        if (written != null) {
            return written;
        }
        damage.damaged("the index of data %s, which is made anew".formatted(part.id()));
        return rebuild(segment);
    }

    private static @Nullable DataSegment written(SegmentReader segment, Manifest.DataPart part) {
        byte[] bytes = new byte[part.footerLength()];
        try {
            segment.read(part.footerAddress(), ByteBuffer.wrap(bytes));
            return FrameCodec.decode(bytes, 0, bytes.length) instanceof Frame.Footer(Bytes index)
                    ? DataSegment.decode(part.id(), index)
                    : null;
        } catch (LogException.Damaged | LogException.Unreadable | IllegalArgumentException _) {
            return null;
        }
    }

    private static DataSegment rebuild(SegmentReader segment) {
        var index = new DataSegment.Builder();
        for (var entry = segment.next(0); entry != null; entry = segment.next(entry.next())) {
            Bytes bytes = entry.bytes();
            int limit = bytes.offset() + bytes.length();
            int length;
            for (int at = bytes.offset(); at < limit; at += length) {
                length = FrameCodec.length(bytes.array(), at, limit);
                if (length < 0 || length > limit - at) {
                    break;
                }
                if (FrameCodec.decode(bytes.array(), at, limit) instanceof Frame.Batch(long log, RecordBatch batch)) {
                    index.add(
                            log,
                            batch.baseOffset(),
                            batch.lastOffset() + 1,
                            entry.address() + at - bytes.offset(),
                            length);
                }
            }
        }
        return index.build(segment.id());
    }
}
