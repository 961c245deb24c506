package io.posthorn.broker.queue;

import io.posthorn.broker.Age;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;
import io.posthorn.log.RetentionClass;

/// How much of a log is kept, and in which steps it is given up: of a stream from the arguments it was
/// declared with and what policies make of them, of a topic's partition from what the topic is configured
/// with. All are valid.
///
/// @param maxBytes of batches; [Message#NEVER] for no limit
/// @param maxAge in milliseconds; [Message#NEVER] for no limit
/// @param chunkBytes after so many bytes a chunk ends, at the next batch
/// @param chunkMillis after so much time, too
/// @param ofTopic whether Kafka's rules hold: records are as old as they say, and at least `maxBytes` are kept, where a
/// stream counts from the append and keeps at most so many
record Retention(long maxBytes, long maxAge, long chunkBytes, long chunkMillis, boolean ofTopic) {
    private static final long LARGEST_CHUNK = 4 << 20;
    private static final long LONGEST_CHUNK = 100;
    private static final long LONGEST_CHUNK_OF_TOPIC = 60 * 60 * 1000;

    /// A stream at its limit is this many chunks.
    private static final long CHUNKS = 64;

    // Kafka's defaults.
    private static final long WEEK = 7L * 24 * 60 * 60 * 1000;
    private static final long DAY = 24L * 60 * 60 * 1000;
    private static final long GIBIBYTE = 1L << 30;

    /// Kafka looks every five minutes whether records are too old.
    private static final long LONGEST_WAIT = 5 * 60 * 1000;

    static Retention of(Arguments arguments) {
        return "topic".equals(arguments.get("x-queue-type")) ? ofTopic(arguments) : ofStream(arguments);
    }

    private static Retention ofStream(Arguments arguments) {
        long maxBytes = QueueSettings.number(arguments, "x-max-length-bytes", Message.NEVER);
        String age = QueueSettings.text(arguments, "x-max-age");
        long maxAge = age == null ? Message.NEVER : Age.parse(age);
        long segment = QueueSettings.number(arguments, "x-stream-max-segment-size-bytes", LARGEST_CHUNK);
        long chunkBytes = Math.clamp(Math.min(segment, maxBytes / CHUNKS), 1, LARGEST_CHUNK);
        long chunkMillis = Math.clamp(maxAge / CHUNKS, 1, LONGEST_CHUNK);
        return new Retention(maxBytes, maxAge, chunkBytes, chunkMillis, false);
    }

    /// What is compacted only is not given up for its age or size.
    private static Retention ofTopic(Arguments arguments) {
        String policy = QueueSettings.text(arguments, "cleanup.policy");
        boolean deletes = policy == null || policy.contains("delete");
        long maxBytes = deletes ? limit(arguments, "retention.bytes", Message.NEVER) : Message.NEVER;
        long maxAge = deletes ? limit(arguments, "retention.ms", WEEK) : Message.NEVER;
        long segmentBytes = limit(arguments, "segment.bytes", GIBIBYTE);
        long segmentMillis = limit(arguments, "segment.ms", WEEK);
        long chunkBytes = Math.clamp(Math.min(segmentBytes, maxBytes / CHUNKS), 1, LARGEST_CHUNK);
        long chunkMillis = Math.clamp(Math.min(segmentMillis, maxAge / CHUNKS), 1, LONGEST_CHUNK_OF_TOPIC);
        return new Retention(maxBytes, maxAge, chunkBytes, chunkMillis, true);
    }

    /// A negative limit is none.
    static long limit(Arguments arguments, String name, long otherwise) {
        String text = QueueSettings.text(arguments, name);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text.strip());
            return value < 0 ? Message.NEVER : value;
        } catch (NumberFormatException _) {
            return otherwise;
        }
    }

    /// How its records lie best.
    RetentionClass retentionClass() {
        return maxAge <= DAY ? RetentionClass.SHORT : RetentionClass.LONG;
    }

    boolean limitsAge() {
        return maxAge != Message.NEVER;
    }

    /// How long to wait at least before looking again whether something is too old. Who writes records of last year is
    /// to have time to read them, as in Kafka.
    long leastWait() {
        return ofTopic ? Math.clamp(maxAge / CHUNKS, 1, LONGEST_WAIT) : chunkMillis;
    }
}
