package io.posthorn.console;

/// What protocols are called.
public final class ProtocolNames {
    private ProtocolNames() {}

    /// @param name as Posthorn says: `amqp`
    public static String ofRabbitMq(String name) {
        return name.equals("amqp") ? "amqp091" : name;
    }
}
