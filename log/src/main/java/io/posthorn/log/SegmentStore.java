package io.posthorn.log;

import java.util.List;

/// Append-only runs of entries with one writer each: what an engine implements, and all that it needs to
/// know.
///
/// All methods but [SegmentWriter#append] may block and are called from threads that may.
public interface SegmentStore extends AutoCloseable {
    /// Durable and empty on return. An id is never used twice.
    ///
    /// @throws LogException.StorageFull when there is no room for it
    SegmentWriter create(SegmentSpec spec);

    /// Opens for reading. No side effects; several readers may be open at once.
    ///
    /// @throws LogException.Unusable when there is no such segment
    SegmentReader open(SegmentId id);

    /// Ends a segment, whoever writes it: on return no append through an older writer can ever be
    /// acknowledged, every acknowledged entry is in it, and its end is final. What was written but not
    /// acknowledged may be in it or not, and that too is final: if it is, it is as durable as the rest.
    /// Idempotent; callers at once agree.
    SealedSegment fenceAndSeal(SegmentId id);

    /// Gives the segment up. Only after [#fenceAndSeal] or [SegmentWriter#seal]; idempotent; a missing one is
    /// no error.
    void delete(SegmentId id);

    /// Every segment there is, for recovery and for the sweep of orphans.
    List<SegmentInfo> list();

    Capabilities capabilities();

    /// Bytes that can still be written, `Long.MAX_VALUE` where that has no meaning.
    long freeBytes();

    /// Files (or connections) that the store holds open now.
    int openHandles();

    @Override
    void close();

    /// @param id never used twice
    record SegmentId(long value) {}

    /// What a segment is for: an engine may keep each kind in its own way.
    enum Kind {
        /// Written and synced entry by entry; bounded capacity; short-lived.
        JOURNAL,
        /// Written as a whole, synced by [SegmentWriter#sync], long-lived.
        DATA,
        /// Never synced, gone after a restart.
        SPILL
    }

    /// @param capacity the most bytes of entries, their framing included, that will be appended
    /// @param epoch of the owner; a store keeps it for fencing and for reports
    record SegmentSpec(Kind kind, long capacity, long epoch) {}

    /// @param sealed whether its end is final
    record SegmentInfo(SegmentId id, Kind kind, boolean sealed, long bytes) {}

    /// @param end the address behind the last entry
    /// @param tornBytes bytes cut off behind the last complete entry
    /// @param damaged address ranges that hold something else than what was written, although entries behind
    /// them are whole
    record SealedSegment(SegmentId id, long end, long tornBytes, List<AddressRange> damaged) {}

    /// @param from inclusive
    /// @param to exclusive
    record AddressRange(long from, long to) {}

    /// @param durable whether an acknowledged entry survives the loss of the process and of power
    /// @param maxEntryBytes the largest entry
    record Capabilities(boolean durable, int maxEntryBytes) {}
}
