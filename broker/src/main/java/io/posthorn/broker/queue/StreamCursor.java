package io.posthorn.broker.queue;

import io.posthorn.log.RecordCursor;
import org.jspecify.annotations.Nullable;

/// Where one consumer is in a stream. What it reads from memory is shared with all others; it holds on to memory of its
/// own only while it reads from disk.
final class StreamCursor {
    private final RecordReader reader;
    private final @Nullable StreamFilter filter;
    private long next;
    private long nextWhenIdle = -1;

    /// Null unless the consumer is to begin with the last message, and it is not known yet where that is.
    private @Nullable LastMessage last;

    /// Where the stream begins.
    private long start;

    StreamCursor(RecordReader reader, @Nullable StreamFilter filter, long next) {
        this.reader = reader;
        this.filter = filter;
        this.next = next;
    }

    /// As one that begins with the last message before `end`.
    static StreamCursor ofLast(RecordReader reader, @Nullable StreamFilter filter, long end) {
        var cursor = new StreamCursor(reader, filter, end);
        cursor.last = new LastMessage(end);
        return cursor;
    }

    RecordReader reader() {
        return reader;
    }

    /// What is before `begin` is gone.
    ///
    /// @return how many messages the consumer will never see
    long skipTo(long begin) {
        start = begin;
        long missed = Math.max(0, begin - next);
        next += missed;
        return missed;
    }

    /// Finds the next message before `end`; false when there is none, or when it has to be read from disk first.
    boolean find(long end) {
        if (last != null) {
            if (!last.look(reader, start)) {
                return false;
            }
            next = last.offset();
            last = null;
        }
        while (next < end) {
            switch (reader.seek(next, end)) {
                case HERE -> {
                    return true;
                }
                case COLD -> {
                    return false;
                }
                case GONE, EMPTY -> next = Math.clamp(reader.resumeAt(), next + 1, end);
            }
        }
        return false;
    }

    /// The message that [#find] has found.
    RecordCursor found() {
        return reader.current();
    }

    boolean wantsIt() {
        return filter == null || filter.matches(reader.current());
    }

    /// What was found is done with.
    void pass() {
        next++;
    }

    boolean isAt(long end) {
        return next >= end;
    }

    /// Whether it has not moved since this was last asked.
    boolean isIdle() {
        boolean idle = next == nextWhenIdle;
        nextWhenIdle = next;
        return idle;
    }
}
