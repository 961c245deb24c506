package io.posthorn.protocol.amqp;

import io.posthorn.broker.Arguments;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the server says of itself in connection.start.
///
/// Product and version are those that tools ask for before they use what they need, RabbitMQ unless it was set
/// otherwise; who we are stands in platform and information.
final class ServerProperties {
    private ServerProperties() {}

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    static Arguments of(AmqpSettings.Identity identity) {
        String posthorn = "Posthorn " + identity.build();
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("capabilities", capabilities());
        properties.put("cluster_name", "posthorn");
        properties.put("copyright", "The Posthorn authors");
        properties.put(
                "information", posthorn + ", which speaks as RabbitMQ does. Licensed under the Apache License 2.0");
        properties.put("platform", posthorn + " on Java " + Runtime.version().feature());
        properties.put("product", identity.product());
        properties.put("version", identity.version());
        return new Arguments(properties);
    }

    // True is what is served: clients believe it.
    @SuppressWarnings("NullAway")
    private static Arguments capabilities() {
        Map<String, @Nullable Object> capabilities = new LinkedHashMap<>();
        capabilities.put("publisher_confirms", true);
        capabilities.put("exchange_exchange_bindings", true);
        capabilities.put("basic.nack", true);
        capabilities.put("consumer_cancel_notify", true);
        capabilities.put("connection.blocked", true);
        capabilities.put("consumer_priorities", true);
        capabilities.put("authentication_failure_close", true);
        capabilities.put("per_consumer_qos", true);
        capabilities.put("direct_reply_to", true);
        return new Arguments(capabilities);
    }
}
