package io.posthorn.broker.topology;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The exchange types served here, by their names on the wire.
enum ExchangeType {
    DIRECT("direct"),
    FANOUT("fanout"),
    TOPIC("topic"),
    HEADERS("headers"),
    CONSISTENT_HASH("x-consistent-hash"),
    MODULUS_HASH("x-modulus-hash"),
    RANDOM("x-random"),
    DELAYED_MESSAGE("x-delayed-message"),
    /// One of the queues on the node of the publisher. There is one node, so all are.
    LOCAL_RANDOM("x-local-random");

    private static final Map<String, ExchangeType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(type -> type.wireName, Function.identity()));

    private final String wireName;

    ExchangeType(String wireName) {
        this.wireName = wireName;
    }

    static @Nullable ExchangeType named(String name) {
        return BY_NAME.get(name);
    }

    /// @throws IllegalArgumentException when it is not served
    static ExchangeType of(String name) {
        var type = named(name);
        if (type == null) {
            throw new IllegalArgumentException("unknown exchange type '" + name + "'");
        }
        return type;
    }
}
