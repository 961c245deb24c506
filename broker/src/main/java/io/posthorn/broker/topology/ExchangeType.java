package io.posthorn.broker.topology;

/// The exchange types served here, by their names on the wire.
enum ExchangeType {
    DIRECT,
    FANOUT,
    TOPIC,
    HEADERS;

    static ExchangeType of(String name) {
        return switch (name) {
            case "direct" -> DIRECT;
            case "fanout" -> FANOUT;
            case "topic" -> TOPIC;
            case "headers" -> HEADERS;
            default -> throw new IllegalArgumentException("unknown exchange type '" + name + "'");
        };
    }

    static boolean isKnown(String name) {
        return switch (name) {
            case "direct", "fanout", "topic", "headers" -> true;
            default -> false;
        };
    }
}
