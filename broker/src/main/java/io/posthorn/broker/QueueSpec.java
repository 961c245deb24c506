package io.posthorn.broker;

/// What a queue is declared with.
///
/// @param name up to 255 bytes of UTF-8; empty asks for a generated one
/// @param durable survives a restart
/// @param exclusive to the session that declares it, and deleted with it
/// @param autoDelete deleted when its last consumer goes
public record QueueSpec(String name, boolean durable, boolean exclusive, boolean autoDelete, Arguments arguments) {
    private static final String STREAM = "stream";

    /// What kind of queue it is: `classic`, `quorum` or `stream`.
    public String type() {
        return arguments.get("x-queue-type") instanceof String type ? type : "classic";
    }

    /// Whether it is a log that is kept, and that each consumer reads for itself.
    public boolean isStream() {
        return type().equals(STREAM);
    }

    /// The same for everybody's use.
    public QueueSpec shared() {
        return exclusive ? new QueueSpec(name, durable, false, autoDelete, arguments) : this;
    }
}
