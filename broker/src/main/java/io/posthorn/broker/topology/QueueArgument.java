package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The arguments of a queue that have a meaning: which type of queue takes them, which values are valid. All
/// others are ignored, as RabbitMQ ignores them.
enum QueueArgument {
    TYPE("x-queue-type"),
    MESSAGE_TTL("x-message-ttl"),
    EXPIRES("x-expires"),
    MAX_LENGTH("x-max-length"),
    MAX_LENGTH_BYTES("x-max-length-bytes"),
    OVERFLOW("x-overflow"),
    DEAD_LETTER_EXCHANGE("x-dead-letter-exchange"),
    DEAD_LETTER_ROUTING_KEY("x-dead-letter-routing-key"),
    DEAD_LETTER_STRATEGY("x-dead-letter-strategy"),
    MAX_PRIORITY("x-max-priority"),
    DELIVERY_ORDER("x-delivery-order"),
    SINGLE_ACTIVE_CONSUMER("x-single-active-consumer"),
    DELIVERY_LIMIT("x-delivery-limit"),
    CONSUMER_TIMEOUT("x-consumer-timeout"),
    MODE("x-queue-mode"),
    VERSION("x-queue-version"),
    MAX_AGE("x-max-age"),
    STREAM_SEGMENT_BYTES("x-stream-max-segment-size-bytes"),
    STREAM_FILTER_BYTES("x-stream-filter-size-bytes");

    /// Ten years in milliseconds.
    private static final long MAX_EXPIRY = 315_360_000_000L;

    private static final Map<String, QueueArgument> BY_NAME = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(QueueArgument::argumentName, Function.identity()));

    private final String argumentName;

    QueueArgument(String argumentName) {
        this.argumentName = argumentName;
    }

    static @Nullable QueueArgument named(String name) {
        return BY_NAME.get(name);
    }

    String argumentName() {
        return argumentName;
    }

    boolean isFor(QueueType type) {
        return switch (this) {
            case DEAD_LETTER_STRATEGY, DELIVERY_LIMIT -> type == QueueType.QUORUM;
            case MAX_PRIORITY -> type == QueueType.CLASSIC;
            case DELIVERY_ORDER -> type != QueueType.STREAM;
            case MAX_AGE, STREAM_SEGMENT_BYTES, STREAM_FILTER_BYTES -> type == QueueType.STREAM;
            case TYPE,
                    MESSAGE_TTL,
                    EXPIRES,
                    MAX_LENGTH,
                    MAX_LENGTH_BYTES,
                    OVERFLOW,
                    DEAD_LETTER_EXCHANGE,
                    DEAD_LETTER_ROUTING_KEY,
                    SINGLE_ACTIVE_CONSUMER,
                    CONSUMER_TIMEOUT,
                    MODE,
                    VERSION -> true;
        };
    }

    /// What is wrong with a value, in the words of RabbitMQ; null when nothing is.
    @Nullable
    String complaint(@Nullable Object value) {
        return switch (this) {
            case TYPE, DEAD_LETTER_EXCHANGE, DEAD_LETTER_ROUTING_KEY, MAX_AGE -> anyText(value);
            case MESSAGE_TTL -> expiry(value);
            case EXPIRES -> positiveExpiry(value);
            case MAX_LENGTH, MAX_LENGTH_BYTES, CONSUMER_TIMEOUT, STREAM_SEGMENT_BYTES, STREAM_FILTER_BYTES ->
                nonNegative(value);
            case OVERFLOW -> oneOf(value, "invalid_overflow", "drop-head", "reject-publish", "reject-publish-dlx");
            case DEAD_LETTER_STRATEGY -> oneOf(value, "invalid_dlx_strategy", "at-most-once", "at-least-once");
            case MAX_PRIORITY -> priority(value);
            case DELIVERY_ORDER -> oneOf(value, "invalid_delivery_order", "fifo", "lifo");
            case SINGLE_ACTIVE_CONSUMER -> value instanceof Boolean ? null : unacceptable(value);
            case DELIVERY_LIMIT -> anyInteger(value);
            case MODE -> oneOf(value, "\"unsupported queue mode '" + value + "'\"", "default", "lazy");
            case VERSION -> version(value);
        };
    }

    /// Whether two queues that differ in it only are different queues. How a queue keeps its messages is our own
    /// business, so the modes and versions that RabbitMQ had over the years are not compared.
    boolean isCompared() {
        return this != MODE && this != VERSION;
    }

    /// Whether the broker does what the value asks for. The one list of what is not built yet; it shrinks.
    boolean isServed(Arguments arguments) {
        return switch (this) {
            case TYPE -> QueueType.of(arguments) != QueueType.STREAM;
            case MODE, VERSION, EXPIRES, DELIVERY_ORDER, SINGLE_ACTIVE_CONSUMER, CONSUMER_TIMEOUT -> true;
            // Negative means no limit, which is what there is.
            case DELIVERY_LIMIT -> arguments.get(argumentName) instanceof Number limit && limit.longValue() < 0;
            case MESSAGE_TTL,
                    MAX_LENGTH,
                    MAX_LENGTH_BYTES,
                    OVERFLOW,
                    DEAD_LETTER_EXCHANGE,
                    DEAD_LETTER_ROUTING_KEY,
                    DEAD_LETTER_STRATEGY,
                    MAX_PRIORITY,
                    MAX_AGE,
                    STREAM_SEGMENT_BYTES,
                    STREAM_FILTER_BYTES -> false;
        };
    }

    private static @Nullable String anyText(@Nullable Object value) {
        return value instanceof String ? null : unacceptable(value);
    }

    private static @Nullable String anyInteger(@Nullable Object value) {
        return ValueType.of(value).isInteger()
                ? null
                : "\"expected integer, got " + ValueType.of(value).rabbitName() + "\"";
    }

    private static @Nullable String nonNegative(@Nullable Object value) {
        String complaint = anyInteger(value);
        return complaint == null && longOf(value) < 0 ? "{value_negative," + value + "}" : complaint;
    }

    private static @Nullable String expiry(@Nullable Object value) {
        String complaint = nonNegative(value);
        return complaint == null && longOf(value) > MAX_EXPIRY ? "{value_too_large," + value + "}" : complaint;
    }

    private static @Nullable String positiveExpiry(@Nullable Object value) {
        String complaint = expiry(value);
        return complaint == null && longOf(value) == 0 ? "{value_zero,0}" : complaint;
    }

    private static @Nullable String priority(@Nullable Object value) {
        String complaint = nonNegative(value);
        return complaint == null && longOf(value) > 255 ? "{max_value_exceeded," + value + "}" : complaint;
    }

    private static @Nullable String version(@Nullable Object value) {
        String complaint = anyInteger(value);
        return complaint == null && longOf(value) != 1 && longOf(value) != 2
                ? "\"unsupported queue version '" + value + "'\""
                : complaint;
    }

    private static @Nullable String oneOf(@Nullable Object value, String otherwise, String... valid) {
        if (!(value instanceof String text)) {
            return unacceptable(value);
        }
        return Arrays.asList(valid).contains(text) ? null : otherwise;
    }

    private static String unacceptable(@Nullable Object value) {
        return "{unacceptable_type," + ValueType.of(value).rabbitName() + "}";
    }

    private static long longOf(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
