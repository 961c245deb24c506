package io.posthorn.broker.security;

/// What can be asked for, in RabbitMQ's three words.
public enum Permission {
    /// Declare and delete.
    CONFIGURE,
    /// Publish, and bind to.
    WRITE,
    /// Consume, get and purge, and bind from.
    READ
}
