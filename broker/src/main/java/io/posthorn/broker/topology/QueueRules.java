package io.posthorn.broker.topology;

import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.QueueSpec;
import org.jspecify.annotations.Nullable;

/// What may be declared as a queue.
final class QueueRules {
    private QueueRules() {}

    /// An exclusive queue never survives a restart, whatever its declare says; RabbitMQ has it so too.
    static QueueSpec normalized(QueueSpec spec, String name) {
        return new QueueSpec(
                name, spec.durable() && !spec.exclusive(), spec.exclusive(), spec.autoDelete(), spec.arguments());
    }

    /// @param named whether the client chose the name
    static void checkNew(String virtualHost, QueueSpec spec, boolean named) {
        String queue = Texts.queue(virtualHost, spec.name());
        var type = type(spec, queue);
        for (var argument : spec.arguments().values().entrySet()) {
            checkValue(argument.getKey(), argument.getValue(), type, queue);
        }
        if (spec.arguments().values().containsKey(QueueArgument.DEAD_LETTER_ROUTING_KEY.argumentName())
                && !spec.arguments().values().containsKey(QueueArgument.DEAD_LETTER_EXCHANGE.argumentName())) {
            throw invalid(QueueArgument.DEAD_LETTER_ROUTING_KEY, queue, "routing_key_but_no_dlx_defined");
        }
        if (has(spec, QueueArgument.FAIR_LIMIT)
                && (has(spec, QueueArgument.MAX_PRIORITY) || has(spec, QueueArgument.DELIVERY_ORDER))) {
            throw invalid(QueueArgument.FAIR_LIMIT, queue, "fair_queue_has_its_own_order");
        }
        if (type != QueueType.CLASSIC) {
            checkReplicated(type, spec, named, queue);
        }
        if (spec.arguments().get(QueueArgument.STREAM_SEGMENT_BYTES.argumentName()) instanceof Number size
                && size.longValue() > QueueArgument.LARGEST_SEGMENT) {
            throw new PreconditionFailed("Exceeded max value for " + QueueArgument.STREAM_SEGMENT_BYTES.argumentName());
        }
    }

    /// @throws PreconditionFailed when what is declared differs from what is there
    /// @throws io.posthorn.broker.BrokerException.ResourceLocked when the queue is another session's, or one of the
    /// two is exclusive and the other is not
    static void checkEquivalent(QueueSpec received, QueueEntry current, SessionId session) {
        Topology.checkOwner(current, session);
        if (received.exclusive() != current.spec().exclusive()) {
            throw Texts.lockedQueue(current);
        }
        if (current.spec().isTopic()) {
            checkTopic(received, current);
            return;
        }
        Equivalence.check("durable", received.durable(), current.spec().durable(), current);
        Equivalence.check("auto_delete", received.autoDelete(), current.spec().autoDelete(), current);
        var type = QueueType.of(current.spec().arguments());
        for (QueueArgument argument : QueueArgument.values()) {
            if (argument.isCompared() && argument.isFor(type) && !isClassicEitherWay(argument, received, current)) {
                Equivalence.checkArgument(
                        argument.argumentName(),
                        received.arguments(),
                        current.spec().arguments(),
                        current);
            }
        }
    }

    /// Who created a topic has said nothing in the words of queues. As a queue it is a stream, when it has to be
    /// something.
    private static void checkTopic(QueueSpec received, QueueEntry topic) {
        String type = QueueArgument.TYPE.argumentName();
        if (received.arguments().values().containsKey(type) && !received.isStream()) {
            Equivalence.checkArgument(type, received.arguments(), topic.spec().arguments(), topic);
        }
    }

    /// Saying nothing of the type and saying classic are the same.
    private static boolean isClassicEitherWay(QueueArgument argument, QueueSpec received, QueueEntry current) {
        return argument == QueueArgument.TYPE && isPlainClassic(received) && isPlainClassic(current.spec());
    }

    private static boolean isPlainClassic(QueueSpec spec) {
        var arguments = spec.arguments();
        String name = QueueArgument.TYPE.argumentName();
        return !arguments.values().containsKey(name) || "classic".equals(arguments.get(name));
    }

    private static QueueType type(QueueSpec spec, String queue) {
        String name = QueueArgument.TYPE.argumentName();
        if (spec.arguments().values().containsKey(name)) {
            String complaint = QueueArgument.TYPE.complaint(spec.arguments().get(name));
            if (complaint != null) {
                throw invalid(QueueArgument.TYPE, queue, complaint);
            }
        }
        try {
            return QueueType.declared(spec.arguments());
        } catch (IllegalArgumentException unsupported) {
            throw invalid(QueueArgument.TYPE, queue, "\"" + unsupported.getMessage() + "\"");
        }
    }

    private static void checkValue(String name, @Nullable Object value, QueueType type, String queue) {
        var argument = QueueArgument.named(name);
        if (argument == null) {
            return;
        }
        String complaint = argument.complaint(value);
        if (complaint != null && argument == QueueArgument.DEAD_LETTER_EXCHANGE) {
            throw Texts.invalidType(name, value, queue);
        }
        if (complaint != null) {
            throw invalid(argument, queue, complaint);
        }
        if (!argument.isFor(type)) {
            throw new PreconditionFailed(
                    "invalid arg '" + name + "' for " + queue + " of queue type " + type.moduleName());
        }
    }

    private static void checkReplicated(QueueType type, QueueSpec spec, boolean named, String queue) {
        if (!named) {
            throw new PreconditionFailed("Cannot declare a server-named queue for type " + type.moduleName());
        }
        if (spec.exclusive()) {
            throw new PreconditionFailed("invalid property 'exclusive-owner' for " + queue);
        }
        if (!spec.durable()) {
            throw new PreconditionFailed("invalid property 'non-durable' for " + queue);
        }
        if (spec.autoDelete()) {
            throw new PreconditionFailed("invalid property 'auto-delete' for " + queue);
        }
    }

    private static boolean has(QueueSpec spec, QueueArgument argument) {
        return spec.arguments().values().containsKey(argument.argumentName());
    }

    private static PreconditionFailed invalid(QueueArgument argument, String queue, String complaint) {
        return new PreconditionFailed("invalid arg '" + argument.argumentName() + "' for " + queue + ": " + complaint);
    }
}
