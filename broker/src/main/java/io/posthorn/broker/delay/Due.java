package io.posthorn.broker.delay;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordCursor;
import io.posthorn.log.RecordHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// When a message is due, as its record tells: fixed when it was published.
///
/// @param at wall time in milliseconds since the epoch
/// @param delay how long it was to wait, in milliseconds
public record Due(long at, long delay) {
    /// More than a hundred years; who asks for more gets this.
    public static final long LONGEST_DELAY = 1L << 42;

    static final Bytes HEADER = Bytes.utf8("posthorn-due");

    /// @param delay positive
    public static Due after(long delay, long now) {
        return new Due(now + Math.min(delay, LONGEST_DELAY), delay);
    }

    /// The header of the same delay beginning now; any other as it is.
    public static RecordHeader beginningAt(RecordHeader header, long now) {
        Due due = header.name().equals(HEADER) ? of(header.value()) : null;
        return due == null ? header : after(due.delay, now).toHeader();
    }

    public RecordHeader toHeader() {
        return new RecordHeader(
                HEADER,
                new Bytes(ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(at)
                        .putLong(delay)
                        .array()));
    }

    /// Null when the record tells of no delay.
    @Nullable
    static Due of(RecordCursor record) {
        return of(record.header(HEADER));
    }

    private static @Nullable Due of(@Nullable Bytes value) {
        if (value == null || value.length() != 2 * Long.BYTES) {
            return null;
        }
        ByteBuffer buffer = value.asByteBuffer();
        return new Due(buffer.getLong(), buffer.getLong());
    }

    /// Only the time; `otherwise` when the record tells none.
    static long timeOf(RecordCursor record, long otherwise) {
        Bytes value = record.header(HEADER);
        return value == null ? otherwise : value.asByteBuffer().getLong();
    }
}
