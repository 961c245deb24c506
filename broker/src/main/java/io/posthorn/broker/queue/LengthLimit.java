package io.posthorn.broker.queue;

import org.jspecify.annotations.Nullable;

/// How much may be ready in a queue, in messages and in bytes of bodies. What is delivered and not settled does not
/// count.
final class LengthLimit {
    private final long mostMessages;
    private final long mostBytes;

    /// What is known of each message; null when bytes are not limited.
    private final @Nullable MessageTable messages;

    /// Of everything in the queue that is not taken, visible or not.
    private long bytes;

    private LengthLimit(long mostMessages, long mostBytes, @Nullable MessageTable messages, long bytes) {
        this.mostMessages = mostMessages;
        this.mostBytes = mostBytes;
        this.messages = messages;
        this.bytes = bytes;
    }

    /// @param messages of the queue
    /// @param taken bytes of those that are not ready
    static @Nullable LengthLimit of(QueueSettings settings, @Nullable MessageTable messages, long taken) {
        if (!settings.limitsLength()) {
            return null;
        }
        MessageTable weighed = settings.limitsBytes() ? messages : null;
        long bytes = weighed == null ? 0 : weighed.bytes(0, Long.MAX_VALUE) - taken;
        return new LengthLimit(settings.maxLength(), settings.maxBytes(), weighed, bytes);
    }

    /// A message that is ready turns out to be so large.
    void grew(long more) {
        bytes += more;
    }

    /// Messages came in.
    void added(long from, long to) {
        if (messages != null) {
            bytes += messages.bytes(from, to);
        }
    }

    /// Messages are not ready any more.
    void taken(long from, long to) {
        if (messages != null) {
            bytes -= messages.bytes(from, to);
        }
    }

    /// All that is visible is not ready any more.
    void takenBefore(long visibleEnd) {
        if (messages != null) {
            bytes = messages.bytes(visibleEnd, Long.MAX_VALUE);
        }
    }

    /// Whether some of what is ready must go.
    boolean isExceeded(long ready, long visibleEnd) {
        return ready > mostMessages || (bytes > mostBytes && readyBytes(visibleEnd) > mostBytes);
    }

    private long readyBytes(long visibleEnd) {
        return messages == null ? 0 : bytes - messages.bytes(visibleEnd, Long.MAX_VALUE);
    }

    /// Whether more would be too much.
    ///
    /// @param waiting messages that are ready or will be, the last of which are before `end`
    /// @param room how many of those will be delivered as soon as they are ready
    boolean wouldBeExceeded(long waiting, long end, long room, MessageRuns more) {
        long staying = Math.max(0, waiting - room);
        return staying + more.messages() > mostMessages || bytesOf(staying, end, room) + more.bytes() > mostBytes;
    }

    private long bytesOf(long staying, long end, long room) {
        if (messages == null || staying == 0) {
            return 0;
        }
        // Where consumers wait for messages, what stays has only just come in.
        return room == 0 ? bytes : messages.bytes(end - staying, end);
    }
}
