package io.posthorn.broker.policy;

import io.posthorn.broker.Age;
import io.posthorn.broker.Arguments;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Which values a key of a policy may have.
enum PolicyValues {
    TEXT,
    INTEGER,
    NON_NEGATIVE,
    POSITIVE,
    /// RabbitMQ's files of a stream are never larger.
    SEGMENT_BYTES,
    AGE,
    VERSION,
    /// Depends on the mode.
    HA_PARAMS,
    OVERFLOW("drop-head", "reject-publish", "reject-publish-dlx"),
    DEAD_LETTER_STRATEGY("at-most-once", "at-least-once"),
    DELAYED_RETRY_TYPE("disabled", "all", "failed", "returned"),
    MODE("default", "lazy"),
    LEADER_LOCATOR("client-local", "balanced", "random", "least-leaders"),
    MASTER_LOCATOR("client-local", "min-masters", "random"),
    HA_MODE("all", "exactly", "nodes"),
    HA_SYNC_MODE("automatic", "manual"),
    HA_PROMOTE("always", "when-synced");

    private static final long LARGEST_SEGMENT = 3_000_000_000L;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<String> words;

    PolicyValues(String... words) {
        this.words = Set.of(words);
    }

    boolean has(@Nullable Object value) {
        return switch (this) {
            case TEXT -> value instanceof String;
            case INTEGER -> isBetween(Long.MIN_VALUE, value, Long.MAX_VALUE);
            case NON_NEGATIVE -> isBetween(0, value, Long.MAX_VALUE);
            case POSITIVE -> isBetween(1, value, Long.MAX_VALUE);
            case SEGMENT_BYTES -> isBetween(0, value, LARGEST_SEGMENT);
            case VERSION -> isBetween(1, value, 2);
            case AGE -> value instanceof String text && Age.parse(text) != Age.INVALID;
            case HA_PARAMS -> true;
            case OVERFLOW,
                    DEAD_LETTER_STRATEGY,
                    DELAYED_RETRY_TYPE,
                    MODE,
                    LEADER_LOCATOR,
                    MASTER_LOCATOR,
                    HA_MODE,
                    HA_SYNC_MODE,
                    HA_PROMOTE -> value instanceof String text && words.contains(text);
        };
    }

    private static boolean isBetween(long least, @Nullable Object value, long most) {
        return switch (value) {
            case Byte number -> number >= least && number <= most;
            case Short number -> number >= least && number <= most;
            case Integer number -> number >= least && number <= most;
            case Long number -> number >= least && number <= most;
            case null, default -> false;
        };
    }

    /// Values of JSON as RabbitMQ's texts show them.
    static final class ErlangText {
        private ErlangText() {}

        static String of(@Nullable Object value) {
            return switch (value) {
                case null -> "null";
                case String text -> binary(text);
                case List<?> list -> list.stream().map(ErlangText::of).collect(Collectors.joining(",", "[", "]"));
                case Arguments table ->
                    table.values().entrySet().stream()
                            .map(each -> binary(each.getKey()) + " => " + of(each.getValue()))
                            .collect(Collectors.joining(",", "#{", "}"));
                default -> value.toString();
            };
        }

        private static String binary(String text) {
            if (text.isEmpty()) {
                return "<<>>";
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (IntStream.range(0, bytes.length).allMatch(i -> isPrintable(bytes[i] & 0xff))) {
                return "<<\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\">>";
            }
            return IntStream.range(0, bytes.length)
                    .mapToObj(i -> Integer.toString(bytes[i] & 0xff))
                    .collect(Collectors.joining(",", "<<", ">>"));
        }

        /// As octets of ISO 8859-1, whatever they mean.
        private static boolean isPrintable(int octet) {
            return (octet >= ' ' && octet < 0x7f) || octet >= 0xa0;
        }
    }
}
