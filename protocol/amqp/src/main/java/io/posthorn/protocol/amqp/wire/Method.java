package io.posthorn.protocol.amqp.wire;

/// A method of AMQP 0-9-1 or of RabbitMQ's extensions to it: one record each, in the order and with the names
/// of the specification; what it reserves is read and written, and not kept.
public sealed interface Method
        permits ConnectionMethod, ChannelMethod, ExchangeMethod, QueueMethod, BasicMethod, ConfirmMethod, TxMethod {
    /// Class and method in one number, as they lie on the wire.
    int id();

    /// As the specification writes it: `queue.declare`.
    String specName();

    /// Writes the arguments.
    void write(WireWriter out);
}
