package io.posthorn.broker.topology;

import io.posthorn.broker.Age;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Which values an argument of a queue may have, and RabbitMQ's words for those it may not.
enum ArgumentValues {
    TEXT,
    BOOL,
    INTEGER,
    NON_NEGATIVE,
    POSITIVE,
    /// Milliseconds.
    EXPIRY,
    POSITIVE_EXPIRY,
    /// 0 to 255.
    PRIORITY,
    OVERFLOW,
    DEAD_LETTER_STRATEGY,
    DELAYED_RETRY_TYPE,
    DELIVERY_ORDER,
    /// A number of years, months, days, hours, minutes or seconds.
    AGE,
    MODE,
    VERSION;

    /// Ten years in milliseconds.
    private static final long MAX_EXPIRY = 315_360_000_000L;

    /// What is wrong with a value; null when nothing is.
    @Nullable
    String complaint(@Nullable Object value) {
        return switch (this) {
            case TEXT -> value instanceof String ? null : unacceptable(value);
            case BOOL -> value instanceof Boolean ? null : unacceptable(value);
            case INTEGER -> integer(value);
            case NON_NEGATIVE -> nonNegative(value);
            case POSITIVE -> isZero(value) ? "{value_zero,0}" : nonNegative(value);
            case EXPIRY -> atMost(MAX_EXPIRY, "value_too_large", value);
            case POSITIVE_EXPIRY -> isZero(value) ? "{value_zero,0}" : EXPIRY.complaint(value);
            case PRIORITY -> atMost(255, "max_value_exceeded", value);
            case OVERFLOW -> oneOf(value, "invalid_overflow", "drop-head", "reject-publish", "reject-publish-dlx");
            case DEAD_LETTER_STRATEGY -> oneOf(value, "invalid_dlx_strategy", "at-most-once", "at-least-once");
            case DELAYED_RETRY_TYPE ->
                oneOf(value, "invalid_delayed_retry_type", "disabled", "all", "failed", "returned");
            case DELIVERY_ORDER -> oneOf(value, "invalid_delivery_order", "fifo", "lifo");
            case AGE -> age(value);
            case MODE -> oneOf(value, "\"unsupported queue mode '" + value + "'\"", "default", "lazy");
            case VERSION -> version(value);
        };
    }

    private static @Nullable String integer(@Nullable Object value) {
        return ValueType.of(value).isInteger()
                ? null
                : "\"expected integer, got " + ValueType.of(value).rabbitName() + "\"";
    }

    private static @Nullable String nonNegative(@Nullable Object value) {
        String complaint = integer(value);
        return complaint == null && longOf(value) < 0 ? "{value_negative," + value + "}" : complaint;
    }

    private static @Nullable String atMost(long most, String otherwise, @Nullable Object value) {
        String complaint = nonNegative(value);
        return complaint == null && longOf(value) > most ? "{" + otherwise + "," + value + "}" : complaint;
    }

    private static boolean isZero(@Nullable Object value) {
        return ValueType.of(value).isInteger() && longOf(value) == 0;
    }

    private static @Nullable String version(@Nullable Object value) {
        String complaint = nonNegative(value);
        return complaint == null && longOf(value) != 1 && longOf(value) != 2
                ? "\"unsupported queue version '" + value + "'\""
                : complaint;
    }

    private static @Nullable String age(@Nullable Object value) {
        if (!(value instanceof String text)) {
            return unacceptable(value);
        }
        return Age.parse(text) == Age.INVALID ? "invalid_max_age" : null;
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
