package io.posthorn.broker.topology;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The arguments of a queue that have a meaning, each with its values and the types of queue that take it. All
/// others are ignored, as RabbitMQ ignores them.
///
/// They stand in the order in which RabbitMQ compares them: of several that differ it names the first.
enum QueueArgument {
    EXPIRES("x-expires", ArgumentValues.POSITIVE_EXPIRY, For.WORK),
    MESSAGE_TTL("x-message-ttl", ArgumentValues.EXPIRY, For.WORK),
    DEAD_LETTER_EXCHANGE("x-dead-letter-exchange", ArgumentValues.TEXT, For.WORK),
    DEAD_LETTER_ROUTING_KEY("x-dead-letter-routing-key", ArgumentValues.TEXT, For.WORK),
    DEAD_LETTER_STRATEGY("x-dead-letter-strategy", ArgumentValues.DEAD_LETTER_STRATEGY, For.QUORUM),
    MAX_LENGTH("x-max-length", ArgumentValues.NON_NEGATIVE, For.WORK),
    MAX_LENGTH_BYTES("x-max-length-bytes", ArgumentValues.NON_NEGATIVE, For.ALL),
    MAX_PRIORITY("x-max-priority", ArgumentValues.PRIORITY, For.CLASSIC),
    OVERFLOW("x-overflow", ArgumentValues.OVERFLOW, For.WORK),
    MODE("x-queue-mode", ArgumentValues.MODE, For.WORK),
    VERSION("x-queue-version", ArgumentValues.VERSION, For.WORK),
    SINGLE_ACTIVE_CONSUMER("x-single-active-consumer", ArgumentValues.BOOL, For.WORK),
    TYPE("x-queue-type", ArgumentValues.TEXT, For.ALL),
    MAX_AGE("x-max-age", ArgumentValues.AGE, For.STREAM),
    STREAM_SEGMENT_BYTES("x-stream-max-segment-size-bytes", ArgumentValues.NON_NEGATIVE, For.STREAM),
    STREAM_FILTER_BYTES("x-stream-filter-size-bytes", ArgumentValues.NON_NEGATIVE, For.STREAM),
    DELIVERY_LIMIT("x-delivery-limit", ArgumentValues.INTEGER, For.QUORUM),
    DELAYED_RETRY_TYPE("x-delayed-retry-type", ArgumentValues.DELAYED_RETRY_TYPE, For.QUORUM),
    DELAYED_RETRY_MIN("x-delayed-retry-min", ArgumentValues.EXPIRY, For.QUORUM),
    DELAYED_RETRY_MAX("x-delayed-retry-max", ArgumentValues.EXPIRY, For.QUORUM),
    CONSUMER_TIMEOUT("x-consumer-timeout", ArgumentValues.NON_NEGATIVE, For.WORK),

    // What only we have.
    DELIVERY_ORDER("x-delivery-order", ArgumentValues.DELIVERY_ORDER, For.WORK),
    FAIR_LIMIT("x-fair-limit", ArgumentValues.POSITIVE, For.WORK),

    // As the plugin for de-duplication has them.
    DEDUPLICATION("x-message-deduplication", ArgumentValues.BOOL, For.ALL),
    DEDUPLICATION_SIZE("x-cache-size", ArgumentValues.POSITIVE, For.ALL),
    DEDUPLICATION_MILLIS("x-cache-ttl", ArgumentValues.POSITIVE_EXPIRY, For.ALL);

    /// RabbitMQ's files of a stream are never larger.
    static final long LARGEST_SEGMENT = 3_000_000_000L;

    private static final Map<String, QueueArgument> BY_NAME = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(QueueArgument::argumentName, Function.identity()));

    private final String argumentName;
    private final ArgumentValues values;
    private final For types;

    /// Which types of queue take an argument.
    private enum For {
        CLASSIC,
        QUORUM,
        STREAM,
        /// All but streams.
        WORK,
        ALL
    }

    QueueArgument(String argumentName, ArgumentValues values, For types) {
        this.argumentName = argumentName;
        this.values = values;
        this.types = types;
    }

    static @Nullable QueueArgument named(String name) {
        return BY_NAME.get(name);
    }

    String argumentName() {
        return argumentName;
    }

    boolean isFor(QueueType type) {
        return switch (types) {
            case CLASSIC -> type == QueueType.CLASSIC;
            case QUORUM -> type == QueueType.QUORUM;
            case STREAM -> type.isKept();
            case WORK -> !type.isKept();
            case ALL -> true;
        };
    }

    /// What is wrong with a value, in the words of RabbitMQ; null when nothing is.
    @Nullable
    String complaint(@Nullable Object value) {
        return values.complaint(value);
    }

    /// Whether two queues that differ in it only are different queues. How a queue keeps its messages is our own
    /// business, so the modes and versions that RabbitMQ had over the years are not compared.
    boolean isCompared() {
        return this != MODE && this != VERSION;
    }
}
