package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a consumer asks for beyond messages, read once from its arguments.
///
/// @param priority consumers with a lower one get messages only when all with a higher one can take no more
/// @param timeout milliseconds after which a delivery that nobody has settled costs the consumer its subscription;
/// [Message#NEVER] for no limit of its own
/// @param stream what it reads of a stream; of no meaning elsewhere
/// @param partition the one that it reads of a topic; negative for all of them
public record ConsumerSettings(int priority, long timeout, StreamRead stream, int partition) {
    public static final ConsumerSettings DEFAULT = new ConsumerSettings(0, Message.NEVER, StreamRead.NEXT, -1);

    /// The argument that names it.
    public static final String PARTITION = "x-stream-partition";

    private static final String STREAM = "stream";

    /// Arguments that a consumer of a stream cannot have, and those that only such a one can.
    private static final List<String> NOT_OF_STREAMS = List.of("x-priority", "x-cancel-on-ha-failover");

    private static final List<String> ONLY_OF_STREAMS =
            List.of(StreamPosition.ARGUMENT, StreamFilter.VALUES, StreamFilter.MATCH_UNFILTERED, PARTITION);

    /// Whether somebody wants to read, as of a stream, what could be taken, too.
    public static boolean isForStream(Arguments arguments) {
        return ONLY_OF_STREAMS.stream().anyMatch(arguments.values()::containsKey);
    }

    /// @param queue the queue in words, for refusals
    /// @param type of the queue, as [io.posthorn.broker.QueueSpec#type] tells it
    /// @throws PreconditionFailed when an argument has an impossible value, or is not for this type of queue
    public static ConsumerSettings of(Arguments arguments, String queue, String type) {
        if (arguments.values().isEmpty()) {
            return DEFAULT;
        }
        if (type.equals(STREAM)) {
            refuse(NOT_OF_STREAMS, arguments, queue, type);
            // Nobody waits for what a consumer of a stream holds, so it never times out.
            return new ConsumerSettings(0, Message.NEVER, StreamRead.of(arguments, queue), partition(arguments, queue));
        }
        refuse(ONLY_OF_STREAMS, arguments, queue, type);
        return new ConsumerSettings(
                Math.clamp(integer(arguments, "x-priority", 0, queue), Integer.MIN_VALUE, Integer.MAX_VALUE),
                positive(arguments, "x-consumer-timeout", queue),
                StreamRead.NEXT,
                -1);
    }

    private static int partition(Arguments arguments, String queue) {
        if (!arguments.values().containsKey(PARTITION)) {
            return -1;
        }
        long value = integer(arguments, PARTITION, -1, queue);
        if (value < 0) {
            throw new PreconditionFailed(
                    "invalid arg '%s' for %s: {value_negative,%d}".formatted(PARTITION, queue, value));
        }
        return Math.clamp(value, 0, Integer.MAX_VALUE);
    }

    private static void refuse(List<String> names, Arguments arguments, String queue, String type) {
        for (String name : names) {
            if (arguments.values().containsKey(name)) {
                throw new PreconditionFailed(
                        "invalid arg '%s' for %s of queue type rabbit_%s_queue".formatted(name, queue, type));
            }
        }
    }

    private static long positive(Arguments arguments, String name, String queue) {
        long value = integer(arguments, name, Message.NEVER, queue);
        if (value <= 0) {
            throw new PreconditionFailed("invalid arg '%s' for %s: {value_negative,%d}".formatted(name, queue, value));
        }
        return value;
    }

    private static long integer(Arguments arguments, String name, long otherwise, String queue) {
        if (!arguments.values().containsKey(name)) {
            return otherwise;
        }
        Object value = arguments.get(name);
        return switch (value) {
            case Byte number -> number;
            case Short number -> number;
            case Integer number -> number;
            case Long number -> number;
            case null, default ->
                throw new PreconditionFailed(
                        "invalid arg '%s' for %s: \"expected integer, got %s\"".formatted(name, queue, kind(value)));
        };
    }

    /// As RabbitMQ calls the types of a table.
    private static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "void";
            case String _ -> "longstr";
            case Boolean _ -> "bool";
            case Double _ -> "double";
            case Float _ -> "float";
            case Arguments _ -> "table";
            case List<?> _ -> "array";
            default -> "another type";
        };
    }
}
