package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import java.util.Arrays;

/// What `x-queue-type` names.
enum QueueType {
    CLASSIC("classic"),
    QUORUM("quorum"),
    STREAM("stream");

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
        throw new IllegalArgumentException("unsupported queue type '" + value + "'");
    }

    static boolean isNamed(String value) {
        return Arrays.stream(values()).anyMatch(type -> type.argumentValue.equals(value));
    }

    /// As RabbitMQ calls it in its texts.
    String moduleName() {
        return "rabbit_" + argumentValue + "_queue";
    }
}
