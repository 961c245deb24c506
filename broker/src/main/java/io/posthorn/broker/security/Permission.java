package io.posthorn.broker.security;

/// What can be asked for, in RabbitMQ's three words.
public enum Permission {
    /// Declare and delete.
    CONFIGURE("configure"),
    /// Publish, and bind to.
    WRITE("write"),
    /// Consume, get and purge, and bind from.
    READ("read");

    private final String text;

    Permission(String text) {
        this.text = text;
    }

    /// For what clients read.
    public String text() {
        return text;
    }
}
