package io.posthorn.log;

import io.posthorn.log.SegmentStore.SegmentId;
import java.util.List;

/// What to read from segments for one request. Made under the storage's lock, carried out without it.
///
/// @param offset the one asked for
/// @param nextOffset where a reader goes on when nothing of this can be read
record ColdPlan(LogId log, long offset, long nextOffset, List<Run> runs) {
    /// Bytes of other logs that are rather read than skipped.
    static final int LARGEST_HOLE = 16 << 10;

    /// The least that is read beyond the begin of the last frame of a run, whose length only the frame
    /// itself knows.
    static final int FIRST_GUESS = 8 << 10;

    /// The most of it.
    static final int LARGEST_GUESS = 1 << 20;

    /// Frames that lie close together in one entry.
    ///
    /// @param address of the first frame
    /// @param limit bytes from there on that belong to the entry and may belong to the last frame
    /// @param dense whether frames lie without holes up to the limit
    /// @param starts relative to the address; of every frame, or of some of them in a dense run
    /// @param offsets of those frames
    /// @param guess how long the last frame may be, where it is not dense
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Run(SegmentId segment, long address, int limit, boolean dense, int[] starts, long[] offsets, int guess) {
        /// So many bytes are read in any case.
        int leastBytes() {
            return dense ? limit : Math.min(limit, starts[starts.length - 1] + guess);
        }
    }
}
