package io.posthorn.broker.queue;

import io.posthorn.log.Log;
import io.posthorn.log.RecordBatch;

/// When a log gives up what is settled from its start on: not for every message, and not too late.
final class Trimming {
    /// Settled messages are given up at the latest when there are this many, or so many bytes.
    private static final int TRIM_MESSAGES = 256;

    private static final long TRIM_BYTES = 256 * 1024;

    private final Log log;
    private long trimmed;
    private long appendedMessages;
    private long appendedBytes;

    /// @param start of the log
    Trimming(Log log, long start) {
        this.log = log;
        trimmed = start;
    }

    void appended(RecordBatch batch) {
        appendedMessages += batch.count();
        appendedBytes += batch.sizeInBytes();
    }

    /// Bytes of a message as far as is known; 0 when nothing came in.
    long averageBytes() {
        return appendedMessages == 0 ? 0 : appendedBytes / appendedMessages;
    }

    /// Everything before this offset is settled, and written.
    void settled(long before) {
        long messages = before - trimmed;
        if (messages >= TRIM_MESSAGES || messages * averageBytes() >= TRIM_BYTES) {
            trim(before);
        }
    }

    void trim(long before) {
        if (before > trimmed) {
            log.trimBefore(before);
            trimmed = before;
        }
    }
}
