package io.posthorn.broker.queue;

import io.posthorn.broker.Age;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;

/// How much of a stream is kept, and in which steps it is given up; from the arguments it was declared with and what
/// policies make of them, which are valid.
///
/// @param maxBytes of batches; [Message#NEVER] for no limit
/// @param maxAge in milliseconds; [Message#NEVER] for no limit
/// @param chunkBytes after so many bytes a chunk ends, at the next batch
/// @param chunkMillis after so much time, too
record Retention(long maxBytes, long maxAge, long chunkBytes, long chunkMillis) {
    private static final long LARGEST_CHUNK = 4 << 20;
    private static final long LONGEST_CHUNK = 100;

    /// A stream at its limit is this many chunks.
    private static final long CHUNKS = 64;

    static Retention of(Arguments arguments) {
        long maxBytes = QueueSettings.number(arguments, "x-max-length-bytes", Message.NEVER);
        String age = QueueSettings.text(arguments, "x-max-age");
        long maxAge = age == null ? Message.NEVER : Age.parse(age);
        long segment = QueueSettings.number(arguments, "x-stream-max-segment-size-bytes", LARGEST_CHUNK);
        long chunkBytes = Math.clamp(Math.min(segment, maxBytes / CHUNKS), 1, LARGEST_CHUNK);
        long chunkMillis = Math.clamp(maxAge / CHUNKS, 1, LONGEST_CHUNK);
        return new Retention(maxBytes, maxAge, chunkBytes, chunkMillis);
    }

    boolean limitsAge() {
        return maxAge != Message.NEVER;
    }
}
