package io.posthorn.log;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads one segment. Thread-safe.
public interface SegmentReader extends AutoCloseable {
    SegmentStore.SegmentId id();

    /// The first whole, checked entry at or behind `address`; null when there is none. For recovery:
    /// sequential, reads ahead.
    ///
    /// @throws LogException.Unreadable when the device fails
    /// @param address 0 for the first entry, or [Entry#next] of the one before
    @Nullable
    Entry next(long address);

    /// Fills `target` with the bytes from `address` on, all of one entry. Not checked: the reader of the
    /// bytes has its own checksums.
    ///
    /// @throws LogException.Damaged when there are not so many bytes
    /// @throws LogException.Unreadable when the device fails
    void read(long address, ByteBuffer target);

    @Override
    void close();

    /// @param address of the first byte
    /// @param bytes the whole entry
    /// @param next where to look for the following one
    record Entry(long address, Bytes bytes, long next) {}
}
