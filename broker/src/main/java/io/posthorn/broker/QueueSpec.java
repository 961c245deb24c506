package io.posthorn.broker;

/// What a queue is declared with.
///
/// @param name up to 255 bytes of UTF-8; empty asks for a generated one
/// @param durable survives a restart
/// @param exclusive to the session that declares it, and deleted with it
/// @param autoDelete deleted when its last consumer goes
public record QueueSpec(String name, boolean durable, boolean exclusive, boolean autoDelete, Arguments arguments) {}
