package io.posthorn.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// The one writer of a segment. Confined to one thread.
public interface SegmentWriter extends AutoCloseable {
    SegmentStore.SegmentId id();

    /// Appends the buffers, in order, as one entry: at recovery it is there whole or not at all.
    ///
    /// Completes with the address of the entry's first byte; byte i of the entry has that address plus i.
    /// Addresses grow from entry to entry, with holes. For a `JOURNAL` the stage completes when the entry
    /// *and all before it* are durable; for other kinds when it is written. Stages complete in order; an
    /// engine may block the caller instead.
    ///
    /// After any failure the outcome is unknown, this writer is dead, and later appends fail:
    /// [LogException.Poisoned], or [LogException.Fenced] where a newer owner has sealed the segment. The
    /// buffers are the caller's again on completion.
    CompletionStage<Long> append(List<ByteBuffer> entry);

    /// Whether an entry of this size still fits into the capacity.
    boolean fits(long bytes);

    /// Makes everything appended durable; for `DATA`. A failure kills the writer.
    void sync();

    /// Ends the segment in order: everything appended is durable, the end is final.
    SegmentStore.SealedSegment seal();

    /// Lets go without sealing: as if the process had died here, but for the released resources.
    @Override
    void close();
}
