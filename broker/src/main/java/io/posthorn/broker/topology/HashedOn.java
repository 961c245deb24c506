package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.log.Bytes;
import org.jspecify.annotations.Nullable;

/// What of a message an exchange of type `x-consistent-hash` hashes: the routing key, unless the arguments
/// `hash-header` or `hash-property` say otherwise. Messages without it all hash alike and stay together.
sealed interface HashedOn {
    String HEADER = "hash-header";
    String PROPERTY = "hash-property";

    long hash(String routingKey, MessageFacts facts);

    /// @param virtualHost for the texts of refusals, which are the plugin's
    static HashedOn of(String virtualHost, ExchangeSpec spec) {
        String header = text(HEADER, virtualHost, spec);
        String property = text(PROPERTY, virtualHost, spec);
        if (header != null && property != null) {
            throw new PreconditionFailed(HEADER + " and " + PROPERTY + " are mutually exclusive");
        }
        if (header != null) {
            return new Header(header);
        }
        return property == null ? new RoutingKey() : property(property);
    }

    private static HashedOn property(String name) {
        return switch (name) {
            case "message_id" -> new Property(Property.MESSAGE_ID);
            case "correlation_id" -> new Property(Property.CORRELATION_ID);
            case "timestamp" -> new Timestamp();
            default -> throw new PreconditionFailed("Unsupported property: " + name);
        };
    }

    private static @Nullable String text(String argument, String virtualHost, ExchangeSpec spec) {
        if (!spec.arguments().values().containsKey(argument)) {
            return null;
        }
        Object value = spec.arguments().get(argument);
        if (value instanceof String text) {
            return text;
        }
        throw Texts.invalidType(argument, value, Texts.exchange(virtualHost, spec.name()));
    }

    record RoutingKey() implements HashedOn {
        @Override
        public long hash(String routingKey, MessageFacts facts) {
            return Hashes.of(routingKey);
        }
    }

    record Header(String name) implements HashedOn {
        @Override
        public long hash(String routingKey, MessageFacts facts) {
            Arguments headers = facts.headers();
            return Hashes.of(Texts.value(headers.get(name)));
        }
    }

    record Property(Bytes recordHeader) implements HashedOn {
        static final Bytes MESSAGE_ID = Bytes.utf8("message-id");
        static final Bytes CORRELATION_ID = Bytes.utf8("correlation-id");

        @Override
        public long hash(String routingKey, MessageFacts facts) {
            String value = facts.property(recordHeader);
            return Hashes.of(value == null ? "" : value);
        }
    }

    record Timestamp() implements HashedOn {
        @Override
        public long hash(String routingKey, MessageFacts facts) {
            return Hashes.mixed(facts.timestamp());
        }
    }
}
