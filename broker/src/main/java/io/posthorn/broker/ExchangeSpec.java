package io.posthorn.broker;

/// What an exchange is declared with.
///
/// @param type as the client wrote it: `direct`, `fanout`, `topic`, `headers`
/// @param autoDelete deleted when the last binding from it goes
/// @param internal takes no publishes from clients
public record ExchangeSpec(
        String name, String type, boolean durable, boolean autoDelete, boolean internal, Arguments arguments) {}
