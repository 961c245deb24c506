package io.posthorn.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Carries out a [ColdPlan] in memory of the reader's own, which may lie outside of the heap: what goes
/// from the disk to a socket need not be in an array. It checks what [ColdReader] checks, and whatever is
/// not as it should be it leaves to that one. Blocks.
final class BufferReader {
    private static final int LEAST_HEAD = FrameCodec.HEADER_SIZE + RecordBatch.HEADER_SIZE;

    private final SegmentReaders readers;

    BufferReader(SegmentReaders readers) {
        this.readers = readers;
    }

    /// @return null when not even the first batch could be read
    @Nullable
    ReadBatches read(ColdPlan plan, int maxBytes, ReadMemory memory) {
        int size = 0;
        for (ColdPlan.Run run : plan.runs()) {
            size = Math.addExact(size, run.leastBytes());
        }
        ByteBuffer room = memory.room(size);
        if (room == null) {
            return null;
        }
        var reading = new Reading(plan, maxBytes, room);
        for (ColdPlan.Run run : plan.runs()) {
            if (!reading.goesOnBehind(run)) {
                break;
            }
        }
        return reading.found.count() == 0 ? null : reading.found;
    }

    /// What was read for one request so far.
    private final class Reading {
        private final ReadBatches found = new ReadBatches();
        private final ColdPlan plan;
        private final int maxBytes;
        private final ByteBuffer bytes;
        private int filled;

        /// The first bytes of the frame that is looked at, up to its first record.
        private byte[] head = new byte[LEAST_HEAD];

        Reading(ColdPlan plan, int maxBytes, ByteBuffer bytes) {
            this.plan = plan;
            this.maxBytes = maxBytes;
            this.bytes = bytes;
        }

        /// @return whether all of the run was as it should be, and there is room for more
        boolean goesOnBehind(ColdPlan.Run run) {
            int begin = filled;
            int length = run.leastBytes();
            if (!fill(run, begin, length)) {
                return false;
            }
            filled += length;
            if (!run.dense()) {
                for (int start : run.starts()) {
                    if (take(begin + start) < 0) {
                        return false;
                    }
                }
                return true;
            }
            for (int at = begin; at < filled; ) {
                at = take(at);
                if (at < 0) {
                    return false;
                }
            }
            return true;
        }

        private boolean fill(ColdPlan.Run run, int at, int length) {
            try {
                readers.reader(run.segment()).read(run.address(), bytes.slice(at, length));
                return true;
            } catch (LogException.Damaged | LogException.Unreadable | LogException.Unusable _) {
                return false;
            }
        }

        /// Takes the batch of the frame that begins here, if there is room for it.
        ///
        /// @return behind the frame; -1 where this is the end
        private int take(int at) {
            int before = readHead(at);
            if (before < 0) {
                return -1;
            }
            int length = FrameCodec.length(head, before);
            long first = FrameCodec.baseOffset(head, before, plan.log());
            if (length < 0 || length > filled - at || first < 0) {
                return -1;
            }
            int start = at + before;
            int size = length - before;
            long last = first + FrameCodec.int32(head, before + RecordBatch.LAST_OFFSET_DELTA);
            if (last < plan.offset()) {
                return at + length;
            }
            if (found.count() > 0 && found.sizeInBytes() + size > maxBytes) {
                return -1;
            }
            var crc = new CRC32C();
            crc.update(bytes.slice(start + RecordBatch.ATTRIBUTES, size - RecordBatch.ATTRIBUTES));
            if ((int) crc.getValue() != FrameCodec.int32(head, before + RecordBatch.CRC)) {
                return -1;
            }
            // Several logs share the batch of a fan-out. Its checksum leaves the base offset out.
            bytes.putLong(start + RecordBatch.BASE_OFFSET, first);
            found.add(start, size, first, last);
            return at + length;
        }

        /// @return how many bytes of it are before the batch; -1 when there is no head of a batch's frame
        private int readHead(int at) {
            if (filled - at < LEAST_HEAD) {
                return -1;
            }
            bytes.get(at, head, 0, LEAST_HEAD);
            long before = FrameCodec.bytesBeforeBatch(head);
            long size = before + RecordBatch.HEADER_SIZE;
            if (before < FrameCodec.HEADER_SIZE || size > filled - at) {
                return -1;
            }
            if (size > LEAST_HEAD) {
                head = head.length < size ? new byte[(int) size] : head;
                bytes.get(at, head, 0, (int) size);
            }
            return (int) before;
        }
    }
}
