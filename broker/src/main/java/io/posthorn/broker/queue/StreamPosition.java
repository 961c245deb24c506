package io.posthorn.broker.queue;

import io.posthorn.broker.Age;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Where in a stream a consumer begins: what `x-stream-offset` says.
sealed interface StreamPosition {
    String ARGUMENT = "x-stream-offset";

    /// The largest time that a [Since] tells, and its negative.
    long END_OF_TIME = 1L << 60;

    /// The first message that is kept.
    record First() implements StreamPosition {}

    /// The last message there is.
    record Last() implements StreamPosition {}

    /// What is published from now on.
    record Next() implements StreamPosition {}

    /// The message at an offset; the nearest when there is none.
    record At(long offset) implements StreamPosition {}

    /// What was appended at this time or later, in wall time.
    record Since(long millis) implements StreamPosition {}

    /// What was appended within so many milliseconds before now.
    record Within(long millis) implements StreamPosition {}

    /// @return null for a value that makes no sense
    static @Nullable StreamPosition of(@Nullable Object argument) {
        return switch (argument) {
            case null -> new Next();
            case Byte number -> new At(number);
            case Short number -> new At(number);
            case Integer number -> new At(number);
            case Long number -> new At(number);
            case Instant time -> new Since(millis(time));
            case String text -> named(text);
            default -> null;
        };
    }

    private static @Nullable StreamPosition named(String text) {
        return switch (text) {
            case "first" -> new First();
            case "last" -> new Last();
            case "next" -> new Next();
            default -> {
                long age = Age.parse(text);
                yield age == Age.INVALID ? null : new Within(age);
            }
        };
    }

    private static long millis(Instant time) {
        long seconds = Math.clamp(time.getEpochSecond(), -END_OF_TIME / 1_000, END_OF_TIME / 1_000);
        return seconds * 1_000 + time.getNano() / 1_000_000;
    }
}
