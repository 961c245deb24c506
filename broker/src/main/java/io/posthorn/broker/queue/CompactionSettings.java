package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;
import org.jspecify.annotations.Nullable;

/// How a topic's partition is compacted, by what the topic is configured with.
///
/// @param dirtyRatio part of the closed bytes that must not have been compacted yet
/// @param minLag younger records are not touched; milliseconds
/// @param maxLag so long after something could have been compacted it is, whatever the ratio; [Message#NEVER] for
/// never
/// @param deleteRetention how long tombstones stay after they were first cleaned; milliseconds
/// @param openMillis how long records wait at most until they are closed; [Message#NEVER] for however long it takes
/// @param openBytes after so many bytes they wait no longer
record CompactionSettings(
        double dirtyRatio, long minLag, long maxLag, long deleteRetention, long openMillis, long openBytes) {
    private static final double HALF = 0.5;
    private static final long DAY = 24L * 60 * 60 * 1000;

    /// Null where nothing is compacted.
    static @Nullable CompactionSettings of(Arguments arguments) {
        String policy = QueueSettings.text(arguments, "cleanup.policy");
        if (policy == null
                || !policy.contains("compact")
                || !"topic".equals(QueueSettings.text(arguments, "x-queue-type"))) {
            return null;
        }
        return new CompactionSettings(
                ratio(QueueSettings.text(arguments, "min.cleanable.dirty.ratio")),
                Retention.limit(arguments, "min.compaction.lag.ms", 0),
                Retention.limit(arguments, "max.compaction.lag.ms", Message.NEVER),
                Retention.limit(arguments, "delete.retention.ms", DAY),
                Retention.limit(arguments, "segment.ms", Message.NEVER),
                Retention.limit(arguments, "segment.bytes", Message.NEVER));
    }

    private static double ratio(@Nullable String text) {
        try {
            return text == null ? HALF : Math.clamp(Double.parseDouble(text.strip()), 0, 1);
        } catch (NumberFormatException _) {
            return HALF;
        }
    }
}
