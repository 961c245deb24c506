package io.posthorn.broker.queue;

/// Looks for the last message before an offset. Markers of transactions, what is of aborted ones, and what compaction
/// has taken out are no messages, so it may be anywhere: it is looked for twice as far back each time, and forward.
final class LastMessage {
    private static final long NONE = -1;

    private final long end;
    private long distance = 1;

    /// What is looked through now.
    private long at;

    private long to;
    private long found = NONE;

    LastMessage(long end) {
        this.end = end;
        this.at = Math.max(0, end - distance);
        this.to = end;
    }

    /// @param start where the log begins
    /// @return false when the disk has to be asked first
    boolean look(RecordReader reader, long start) {
        while (found == NONE && to > start) {
            at = Math.max(at, start);
            if (!lookForward(reader)) {
                return false;
            }
            if (found == NONE || found < at - 1) {
                // A reader does not go back by itself.
                reader.release();
            }
            to = Math.max(start, end - distance);
            distance *= 2;
            at = end - distance;
        }
        return true;
    }

    private boolean lookForward(RecordReader reader) {
        while (at < to) {
            switch (reader.seek(at, to)) {
                case HERE -> {
                    found = at;
                    at++;
                }
                case COLD -> {
                    return false;
                }
                case GONE, EMPTY -> at = Math.clamp(reader.resumeAt(), at + 1, to);
            }
        }
        return true;
    }

    /// Where it is; the end when there is none.
    long offset() {
        return found == NONE ? end : found;
    }
}
