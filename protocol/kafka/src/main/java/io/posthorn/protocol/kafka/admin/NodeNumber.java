package io.posthorn.protocol.kafka.admin;

import io.posthorn.protocol.kafka.KafkaSettings;
import org.apache.kafka.common.protocol.Errors;

/// By what the one node is named as a resource.
final class NodeNumber {
    static final String NUMBER = Integer.toString(KafkaSettings.NODE_ID);

    private NodeNumber() {}

    /// @param called what Kafka calls it here: `Node`, `Broker`
    /// @param expected what it could have been
    /// @throws ApiException when it is another, or no number
    static void check(String name, String called, String expected) {
        int node;
        try {
            node = Integer.parseInt(name);
        } catch (NumberFormatException _) {
            throw Errors.INVALID_REQUEST.exception("%s id must be an integer, but it is: %s".formatted(called, name));
        }
        if (node != KafkaSettings.NODE_ID) {
            throw Errors.INVALID_REQUEST.exception(
                    "Unexpected broker id, expected %s, but received %s".formatted(expected, name));
        }
    }

    /// Where it is to be changed.
    ///
    /// @throws ApiException when it is another, or no number
    static void checkChanged(String name) {
        check(name, "Node", NUMBER);
    }
}
