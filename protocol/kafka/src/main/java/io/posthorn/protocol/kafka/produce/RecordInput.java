package io.posthorn.protocol.kafka.produce;

import java.io.IOException;
import java.io.InputStream;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The records of a batch as one run of bytes: as they lie in an array, or a window at a time as a
/// decompressor brings them. Read once, forward; confined to one thread.
final class RecordInput {
    private final byte[] window;
    private final @Nullable InputStream source;
    private final long most;
    private int position;
    private int end;
    private long beforeWindow;

    /// Records that are not compressed.
    RecordInput(byte[] array, int from, int end) {
        window = array;
        source = null;
        most = Long.MAX_VALUE;
        position = from;
        beforeWindow = -from;
        this.end = end;
    }

    /// @param window for this object alone, until it is done
    /// @param most what may come out of the source
    RecordInput(InputStream source, byte[] window, long most) {
        this.window = window;
        this.source = source;
        this.most = most;
    }

    /// How many bytes have been read.
    long passed() {
        return beforeWindow + position;
    }

    boolean isAtEnd() throws IOException, RefusedBatch {
        return position == end && !refill();
    }

    byte next() throws IOException, RefusedBatch {
        if (position == end && !refill()) {
            throw truncated();
        }
        return window[position++];
    }

    void skip(int length) throws IOException, RefusedBatch {
        int rest = length;
        while (rest > end - position) {
            rest -= end - position;
            position = end;
            if (!refill()) {
                throw truncated();
            }
        }
        position += rest;
    }

    /// Passes over as many bytes as these are.
    ///
    /// @return whether it is these
    boolean isNext(byte[] wanted) throws IOException, RefusedBatch {
        boolean same = true;
        for (byte each : wanted) {
            same &= next() == each;
        }
        return same;
    }

    int varint() throws IOException, RefusedBatch {
        long value = varlong();
        if (value != (int) value) {
            throw new RefusedBatch(Errors.INVALID_RECORD, "a number in a record is beyond 32 bits");
        }
        return (int) value;
    }

    long varlong() throws IOException, RefusedBatch {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte b = next();
            raw |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new RefusedBatch(Errors.INVALID_RECORD, "a number in a record is beyond 64 bits");
    }

    private boolean refill() throws IOException, RefusedBatch {
        if (source == null) {
            return false;
        }
        beforeWindow += end;
        position = 0;
        end = 0;
        int read = source.read(window, 0, window.length);
        if (read <= 0) {
            return false;
        }
        end = read;
        if (beforeWindow + end > most) {
            throw new TooMuchOpened();
        }
        return true;
    }

    private static RefusedBatch truncated() {
        return new RefusedBatch(Errors.INVALID_RECORD, "the batch ends inside a record");
    }

    /// More comes out of a compressed batch than was allowed for.
    static final class TooMuchOpened extends IOException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
