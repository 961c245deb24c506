package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.topology.TopologyChange.Bound;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeclared;
import io.posthorn.broker.topology.TopologyChange.QueueDeclared;
import io.posthorn.log.LogId;
import java.util.LinkedHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Queues, exchanges and bindings that somebody wants to be there: checked against what is there, named, and made.
final class Declarations {
    private final RandomGenerator random;
    private long volatileLogs;

    /// @param random of generated names
    Declarations(RandomGenerator random) {
        this.random = random;
    }

    /// Adds the queue, unless an equivalent one is there.
    QueueEntry declareQueue(
            Cascade after, String virtualHost, QueueSpec spec, SessionId session, DeclarePermit permit) {
        var host = after.topology().virtualHost(virtualHost);
        String given = Names.withoutLineBreaks(spec.name());
        if (!given.isEmpty()) {
            Names.checkNew("queue", given);
        }
        String name = given.isEmpty() ? Names.generated(random) : given;
        var existing = host.queue(name);
        boolean isTopic = existing != null && existing.spec().isTopic();
        var wanted = QueueRules.normalized(isTopic ? spec : ofDefaultType(spec, host), name);
        permit.check(wanted, existing == null);
        if (existing != null) {
            QueueRules.checkEquivalent(wanted, existing, session);
            return existing;
        }
        checkLimit(after.topology(), host, name);
        QueueRules.checkNew(virtualHost, wanted, !given.isEmpty());
        var log = wanted.durable() ? after.topology().nextLog() : volatileLog();
        var owner = wanted.exclusive() ? session : null;
        after.apply(new QueueDeclared(virtualHost, wanted, log, owner, permit.user()));
        return after.topology().queue(virtualHost, name, session);
    }

    private static void checkLimit(Topology topology, VirtualHost host, String queue) {
        long limit = topology.virtualHostLimits(host.name()).getOrDefault("max-queues", -1L);
        if (limit >= 0 && host.queues().size() >= limit) {
            throw new PreconditionFailed("cannot declare queue '" + queue + "': queue limit in vhost '" + host.name()
                    + "' (" + limit + ") is reached");
        }
    }

    /// The virtual host says what a queue is that does not say it, where that can be.
    private static QueueSpec ofDefaultType(QueueSpec spec, VirtualHost host) {
        String type = host.spec().defaultQueueType();
        String argument = QueueArgument.TYPE.argumentName();
        boolean isSaid = spec.arguments().values().containsKey(argument);
        boolean canBe = spec.durable() && !spec.exclusive() && !spec.autoDelete();
        if (type == null || isSaid || !canBe) {
            return spec;
        }
        var values =
                new LinkedHashMap<String, @Nullable Object>(spec.arguments().values());
        values.put(argument, type);
        return new QueueSpec(spec.name(), true, false, false, new Arguments(values));
    }

    /// Adds the exchange, unless an equivalent one is there.
    void declareExchange(Cascade after, String virtualHost, ExchangeSpec spec, DeclarePermit permit) {
        var wanted = new ExchangeSpec(
                Names.withoutLineBreaks(spec.name()),
                spec.type(),
                spec.durable(),
                spec.autoDelete(),
                spec.internal(),
                spec.arguments());
        ExchangeRules.checkType(wanted);
        ExchangeRules.checkNotDefault(wanted.name());
        var existing = after.topology().virtualHost(virtualHost).exchange(wanted.name());
        permit.check(wanted, existing == null);
        if (existing != null) {
            ExchangeRules.checkEquivalent(virtualHost, wanted, existing.spec());
            return;
        }
        ExchangeRules.checkNew(virtualHost, wanted);
        after.apply(new ExchangeDeclared(virtualHost, wanted, delaysOf(wanted, after.topology())));
    }

    private @Nullable LogId delaysOf(ExchangeSpec spec, Topology topology) {
        if (ExchangeType.of(spec.type()) != ExchangeType.DELAYED_MESSAGE) {
            return null;
        }
        return spec.durable() ? topology.nextLog() : volatileLog();
    }

    private LogId volatileLog() {
        return LogIds.volatileLog(++volatileLogs);
    }

    /// Adds the binding, unless it is there.
    void bind(Cascade after, String virtualHost, BindingSpec spec, SessionId session) {
        var binding = withoutLineBreaks(spec);
        BindingRules.checkNames(binding);
        BindingRules.checkNew(after.topology(), virtualHost, binding, session);
        after.apply(new Bound(virtualHost, binding));
    }

    static BindingSpec withoutLineBreaks(BindingSpec spec) {
        return new BindingSpec(
                Names.withoutLineBreaks(spec.source()),
                spec.destination(),
                Names.withoutLineBreaks(spec.destinationName()),
                spec.routingKey(),
                spec.arguments());
    }
}
