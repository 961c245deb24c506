package io.posthorn.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All data segments: what was rolled over, sorted by log. Guarded by the storage's lock.
final class DataSegments {
    private final List<DataSegment> segments = new ArrayList<>();
    private long records;
    private long released;
    private boolean reviewSoon;

    void add(DataSegment segment) {
        segments.add(segment);
    }

    void remove(DataSegment segment) {
        segments.remove(segment);
    }

    long bytes() {
        long bytes = 0;
        for (DataSegment segment : segments) {
            bytes += segment.totalBytes();
        }
        return bytes;
    }

    /// Bytes of this log from the blocks of `offset` on.
    long bytes(long log, long offset) {
        long bytes = 0;
        for (DataSegment segment : segments) {
            int extent = segment.extent(log);
            if (extent >= 0) {
                bytes += segment.liveBytes(extent, offset);
            }
        }
        return bytes;
    }

    /// The segments with records of this log before `to`, oldest records first.
    List<DataSegment> holding(long log, long to) {
        return segments.stream()
                .filter(segment -> segment.extent(log) >= 0 && segment.firstOffset(segment.extent(log)) < to)
                .sorted(Comparator.comparingLong(segment -> segment.firstOffset(segment.extent(log))))
                .toList();
    }

    List<DataSegment> all() {
        return List.copyOf(segments);
    }

    /// Where the first record of the log at or behind `offset` lies; null when it is in no data segment.
    DataSegment.@Nullable Place find(JournaledLog log, long offset) {
        DataSegment.Place first = null;
        for (DataSegment segment : segments) {
            DataSegment.Place place = segment.find(log.id().value(), offset);
            if (place != null && (first == null || place.firstOffset() < first.firstOffset())) {
                first = place;
            }
        }
        return first;
    }

    /// So many records of data segments have just been trimmed.
    void released(long count) {
        released += count;
    }

    /// Whole segments may be free.
    void reviewSoon() {
        reviewSoon = true;
    }

    /// Whether so much has been trimmed since the last review that another pays.
    boolean isReviewDue() {
        return reviewSoon || (released > 0 && released >= records / 8);
    }

    /// A review has found so many records alive.
    void reviewed(long live) {
        records = live;
        released = 0;
        reviewSoon = false;
    }
}
