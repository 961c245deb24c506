package io.posthorn.broker.queue;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;
import org.jspecify.annotations.Nullable;

/// What a queue does beyond keeping messages in order, read once from the arguments it was declared with, which
/// are valid.
///
/// @param messageTtl milliseconds that a message lives in the queue; [Message#NEVER] for no end
/// @param expires milliseconds without use after which the queue is deleted; [Message#NEVER] for never
public record QueueSettings(long messageTtl, long expires) {
    public static QueueSettings of(Arguments arguments) {
        return new QueueSettings(
                number(arguments, "x-message-ttl", Message.NEVER), number(arguments, "x-expires", Message.NEVER));
    }

    private static long number(Arguments arguments, String name, long otherwise) {
        return arguments.get(name) instanceof Number number ? number.longValue() : otherwise;
    }

    static @Nullable String text(Arguments arguments, String name) {
        return arguments.get(name) instanceof String text ? text : null;
    }
}
