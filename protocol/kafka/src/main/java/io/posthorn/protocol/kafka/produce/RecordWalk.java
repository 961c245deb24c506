package io.posthorn.protocol.kafka.produce;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One walk over the records of a batch that a producer has sent: each is looked at as a whole, and
/// none is kept.
///
/// A checksum says that a batch came as it was sent, not that it was sent well; what is malformed
/// and stored would stop every consumer that comes to it, for ever.
final class RecordWalk {
    static final long NO_TIMESTAMP = -1;

    private static final int MOST_ERRORS = 100;

    /// The header that says when a record is over.
    private static final byte[] EXPIRES = "expires".getBytes(StandardCharsets.UTF_8);

    private final RecordInput bytes;
    private final TopicRules rules;
    private final long baseTimestamp;
    private final long earliest;
    private final long latest;
    private final int largest;
    private long maxTimestamp = NO_TIMESTAMP;
    private boolean isNumbered = true;
    private boolean expires;
    private @Nullable List<BatchIndexAndErrorMessage> faults;
    private boolean hasWrongTimestamp;

    /// @param largest how long a record may be
    RecordWalk(RecordInput bytes, TopicRules rules, long baseTimestamp, long now, int largest) {
        this.bytes = bytes;
        this.rules = rules;
        this.baseTimestamp = baseTimestamp;
        this.largest = largest;
        earliest = saturated(now, -rules.beforeMaxMs());
        latest = saturated(now, rules.afterMaxMs());
    }

    /// Over all of them.
    ///
    /// @param count how many there have to be
    void walk(int count) throws IOException, RefusedBatch {
        for (int i = 0; i < count; i++) {
            record(i);
        }
        if (!bytes.isAtEnd()) {
            throw new RefusedBatch(Errors.INVALID_RECORD, "bytes follow the last of " + count + " records");
        }
        if (faults != null) {
            throw new RefusedBatch(
                    hasWrongTimestamp ? Errors.INVALID_TIMESTAMP : Errors.INVALID_RECORD,
                    hasWrongTimestamp
                            ? "One or more records have been rejected due to invalid timestamp"
                            : "One or more records have been rejected due to " + faults.size() + " record errors",
                    faults);
        }
    }

    /// The greatest of the records.
    long maxTimestamp() {
        return maxTimestamp;
    }

    /// Whether the records count their offsets from 0, by one.
    boolean isNumbered() {
        return isNumbered;
    }

    /// Whether any of the records may say when it is over.
    boolean expires() {
        return expires;
    }

    private void record(int index) throws IOException, RefusedBatch {
        int length = bytes.varint();
        if (length < 0 || length > largest) {
            throw new RefusedBatch(Errors.INVALID_RECORD, "record " + index + " has a length of " + length);
        }
        long end = bytes.passed() + length;
        bytes.next(); // its attributes, of which none is in use
        long timestamp = baseTimestamp + bytes.varlong();
        isNumbered &= bytes.varint() == index;
        boolean hasKey = skipField(index);
        skipField(index);
        skipHeaders(index, length);
        if (bytes.passed() != end) {
            throw new RefusedBatch(Errors.INVALID_RECORD, "record " + index + " is not as long as it says");
        }
        check(index, hasKey, timestamp);
        maxTimestamp = Math.max(maxTimestamp, timestamp);
    }

    /// @return whether there is one
    private boolean skipField(int index) throws IOException, RefusedBatch {
        int length = bytes.varint();
        if (length < -1) {
            throw new RefusedBatch(Errors.INVALID_RECORD, "record " + index + " has a field of " + length + " bytes");
        }
        if (length > 0) {
            bytes.skip(length);
        }
        return length >= 0;
    }

    private void skipHeaders(int index, int length) throws IOException, RefusedBatch {
        int headers = bytes.varint();
        if (headers < 0 || headers > length) {
            throw new RefusedBatch(Errors.INVALID_RECORD, "record " + index + " has " + headers + " headers");
        }
        for (int i = 0; i < headers; i++) {
            skipName(index);
            skipField(index);
        }
    }

    private void skipName(int index) throws IOException, RefusedBatch {
        int length = bytes.varint();
        if (length < 0) {
            throw new RefusedBatch(
                    Errors.INVALID_RECORD,
                    length == -1
                            ? "record " + index + " has a header without a name"
                            : "record " + index + " has a field of " + length + " bytes");
        }
        if (length == EXPIRES.length) {
            expires |= bytes.isNext(EXPIRES);
        } else if (length > 0) {
            bytes.skip(length);
        }
    }

    private void check(int index, boolean hasKey, long timestamp) {
        if (rules.isCompacted() && !hasKey) {
            fault(index, "Compacted topic cannot accept message without key");
        } else if (timestamp != NO_TIMESTAMP && isOutOfRange(timestamp)) {
            hasWrongTimestamp = true;
            fault(
                    index,
                    "Timestamp %d is out of range. The timestamp should be within [%d, %d]"
                            .formatted(timestamp, Math.max(earliest, 0), latest));
        }
    }

    // No client of Kafka's takes a time before 1970, wherever it is told one; no producer of Kafka's sends one.
    private boolean isOutOfRange(long timestamp) {
        return timestamp < 0 || (!rules.hasAppendTime() && (timestamp < earliest || timestamp > latest));
    }

    private void fault(int index, String message) {
        if (faults == null) {
            faults = new ArrayList<>();
        }
        // Every producer needs the first ones, and nobody ten thousand.
        if (faults.size() < MOST_ERRORS) {
            faults.add(new BatchIndexAndErrorMessage().setBatchIndex(index).setBatchIndexErrorMessage(message));
        }
    }

    private static long saturated(long now, long difference) {
        long sum = now + difference;
        if (((now ^ sum) & (difference ^ sum)) < 0) {
            return difference < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return sum;
    }
}
