package io.posthorn.broker;

import java.util.Map;

/// What a queue is declared with.
///
/// @param name up to 255 bytes of UTF-8; empty asks for a generated one
/// @param durable survives a restart
/// @param exclusive to the session that declares it, and deleted with it
/// @param autoDelete deleted when its last consumer goes
public record QueueSpec(String name, boolean durable, boolean exclusive, boolean autoDelete, Arguments arguments) {
    private static final String TYPE = "x-queue-type";
    private static final String STREAM = "stream";
    private static final String TOPIC = "topic";

    /// What is no queue by birth but stands under a name of a queue: a topic.
    public static QueueSpec topic(String name) {
        return new QueueSpec(name, true, false, false, new Arguments(Map.of(TYPE, TOPIC)));
    }

    /// What kind of queue it is: `classic`, `quorum` or `stream`; or `topic`, which cannot be declared.
    public String type() {
        return arguments.get(TYPE) instanceof String type ? type : "classic";
    }

    /// Whether it is a log that is kept, and that each consumer reads for itself.
    public boolean isStream() {
        return type().equals(STREAM);
    }

    /// Whether it was created as a topic.
    public boolean isTopic() {
        return type().equals(TOPIC);
    }

    /// Whether its messages are kept, whoever reads them.
    public boolean isKept() {
        return isStream() || isTopic();
    }

    /// The same for everybody's use.
    public QueueSpec shared() {
        return exclusive ? new QueueSpec(name, durable, false, autoDelete, arguments) : this;
    }
}
