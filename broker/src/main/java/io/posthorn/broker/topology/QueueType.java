package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import java.util.Arrays;

/// What `x-queue-type` names.
enum QueueType {
    CLASSIC("classic"),
    QUORUM("quorum"),
    STREAM("stream"),
    /// What was created as a topic; nothing can be declared as one.
    TOPIC("topic");

    private final String argumentValue;

    QueueType(String argumentValue) {
        this.argumentValue = argumentValue;
    }

    /// @throws IllegalArgumentException when the arguments name something else
    static QueueType of(Arguments arguments) {
        Object value = arguments.get(QueueArgument.TYPE.argumentName());
        if (value == null) {
            return CLASSIC;
        }
        for (QueueType type : values()) {
            if (type.argumentValue.equals(value)) {
                return type;
            }
        }
        throw unsupported(value);
    }

    /// @throws IllegalArgumentException when the arguments name something that cannot be declared
    static QueueType declared(Arguments arguments) {
        var type = of(arguments);
        if (type == TOPIC) {
            throw unsupported(TOPIC.argumentValue);
        }
        return type;
    }

    private static IllegalArgumentException unsupported(Object value) {
        return new IllegalArgumentException("unsupported queue type '" + value + "'");
    }

    static boolean isNamed(String value) {
        return Arrays.stream(values()).anyMatch(type -> type != TOPIC && type.argumentValue.equals(value));
    }

    /// Whether its messages are kept.
    boolean isKept() {
        return this == STREAM || this == TOPIC;
    }

    /// As RabbitMQ calls it in its texts.
    String moduleName() {
        return "rabbit_" + argumentValue + "_queue";
    }
}
