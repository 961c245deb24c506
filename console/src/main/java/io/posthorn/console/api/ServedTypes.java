package io.posthorn.console.api;

import java.util.List;
import java.util.Map;

/// What clients can choose from, as RabbitMQ lists it.
final class ServedTypes {
    static final List<Map<String, Object>> EXCHANGES = List.of(
            type("direct", "AMQP direct exchange, as per the AMQP specification"),
            type("fanout", "AMQP fanout exchange, as per the AMQP specification"),
            type("headers", "AMQP headers exchange, as per the AMQP specification"),
            type("topic", "AMQP topic exchange, as per the AMQP specification"),
            type("x-consistent-hash", "Consistent Hashing Exchange"),
            type("x-delayed-message", "Delayed Message Exchange."),
            type("x-local-random", "Picks one queue at random"),
            type("x-modulus-hash", "Modulus Hashing Exchange"),
            type("x-random", "Picks one queue at random"));

    static final List<Map<String, Object>> MECHANISMS = List.of(
            type("PLAIN", "SASL PLAIN authentication mechanism"),
            type("AMQPLAIN", "QPid AMQPLAIN mechanism"),
            type("EXTERNAL", "TLS peer verification-based authentication plugin."));

    private ServedTypes() {}

    private static Map<String, Object> type(String name, String description) {
        return Map.of("name", name, "description", description, "enabled", true);
    }
}
