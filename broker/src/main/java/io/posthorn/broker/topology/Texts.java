package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.BrokerException.ResourceLocked;
import io.posthorn.log.Bytes;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How things are called in what clients read: RabbitMQ's words, which clients and their tests match on.
final class Texts {
    private static final Pattern PLAIN_ATOM = Pattern.compile("[a-z][A-Za-z0-9_@]*");

    private Texts() {}

    static String exchange(String virtualHost, String name) {
        return "exchange '" + name + "' in vhost '" + virtualHost + "'";
    }

    static String queue(String virtualHost, String name) {
        return "queue '" + name + "' in vhost '" + virtualHost + "'";
    }

    static String topic(String virtualHost, String name) {
        return "topic '" + name + "' in vhost '" + virtualHost + "'";
    }

    static ResourceLocked lockedQueue(QueueEntry queue) {
        return new ResourceLocked("cannot obtain exclusive access to locked " + queue
                + ". It could be originally declared on another connection or the exclusive property value does not"
                + " match that of the original declaration.");
    }

    /// @param in the queue or exchange that has the argument
    static PreconditionFailed invalidType(String argument, @Nullable Object value, String in) {
        return new PreconditionFailed(
                "invalid type '" + ValueType.of(value).rabbitName() + "' for arg '" + argument + "' in " + in);
    }

    /// The value of an argument, as RabbitMQ shows it: a text as it is, everything else as a term of Erlang.
    static String value(@Nullable Object value) {
        return switch (value) {
            case String text -> text;
            case Bytes bytes -> bytes.toUtf8();
            case null, default -> term(value);
        };
    }

    private static String term(@Nullable Object value) {
        return switch (value) {
            case null -> "undefined";
            case String text -> binary(text);
            case Bytes bytes -> binary(bytes.toUtf8());
            case Instant instant -> Long.toString(instant.getEpochSecond());
            case Float number -> fraction(number);
            case Double number -> fraction(number);
            case BigDecimal number -> "{" + number.scale() + "," + number.unscaledValue() + "}";
            case List<?> list ->
                list.stream().map(each -> "{" + typed(each) + "}").collect(Collectors.joining(",", "[", "]"));
            case Arguments table ->
                table.values().entrySet().stream()
                        .map(each -> "{" + binary(each.getKey()) + "," + typed(each.getValue()) + "}")
                        .collect(Collectors.joining(",", "[", "]"));
            default -> value.toString();
        };
    }

    private static String typed(@Nullable Object value) {
        return ValueType.of(value).rabbitName() + "," + term(value);
    }

    private static String fraction(double number) {
        return Double.toString(number).replace('E', 'e');
    }

    /// A text as Erlang prints its bytes.
    static String binary(String text) {
        return text.isEmpty() ? "<<>>" : "<<\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\">>";
    }

    /// The name of an exchange type as Erlang prints it, which quotes all but plain words.
    static String atom(String name) {
        return PLAIN_ATOM.matcher(name).matches() ? name : "'" + name + "'";
    }
}
