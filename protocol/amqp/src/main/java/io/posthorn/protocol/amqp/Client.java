package io.posthorn.protocol.amqp;

import io.posthorn.broker.Arguments;

/// What a client says of itself in connection.start-ok, as far as it matters.
///
/// @param name its connection_name, empty when it has none
/// @param authenticationFailureClose wants a connection.close when its login is refused, not only a closed
/// socket
/// @param consumerCancelNotify understands basic.cancel from the server
/// @param connectionBlocked understands connection.blocked
record Client(
        String name, boolean authenticationFailureClose, boolean consumerCancelNotify, boolean connectionBlocked) {
    static Client of(Arguments properties) {
        Arguments capabilities = properties.get("capabilities") instanceof Arguments table ? table : Arguments.NONE;
        return new Client(
                properties.get("connection_name") instanceof String name ? name : "",
                isTrue(capabilities, "authentication_failure_close"),
                isTrue(capabilities, "consumer_cancel_notify"),
                isTrue(capabilities, "connection.blocked"));
    }

    private static boolean isTrue(Arguments capabilities, String name) {
        return Boolean.TRUE.equals(capabilities.get(name));
    }
}
