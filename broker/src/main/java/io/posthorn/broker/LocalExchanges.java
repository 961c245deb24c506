package io.posthorn.broker;

import io.posthorn.broker.security.Permission;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.Names;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one session does with exchanges, bindings and the messages that wait at exchanges: asks whether it may, and
/// lets the topology's manager or the shard do it. Confined to the session's io thread.
final class LocalExchanges {
    private final LocalBroker broker;
    private final LocalSession session;
    private final SessionGuard guard;

    LocalExchanges(LocalBroker broker, LocalSession session) {
        this.broker = broker;
        this.session = session;
        this.guard = session.guard();
    }

    void declare(ExchangeSpec wanted, Reply<Done> reply) {
        session.flush();
        var declaration = guard.declaration();
        broker.manager()
                .declareExchange(session.virtualHost(), wanted, declaration, session.here(guard.noting(reply), done -> {
                    declaration.done("exchange", wanted.name());
                    reply.ok(done);
                }));
    }

    void check(String exchange, Reply<Done> reply) {
        session.flush();
        if (!guard.allowsToSeeExchange(exchange, reply)) {
            return;
        }
        try {
            broker.topology().exchangeSpec(session.virtualHost(), exchange);
            reply.ok(Done.DONE);
        } catch (BrokerException e) {
            reply.failed(e);
        }
    }

    void delete(String exchange, boolean ifUnused, Reply<Done> reply) {
        session.flush();
        String named = Names.withoutLineBreaks(exchange);
        // The default exchange is deleted by nobody, which is said in other words.
        if (named.isEmpty() || guard.allowsExchange(Permission.CONFIGURE, named, reply)) {
            Reply<Done> deleted = guard.noting("delete", "exchange", named, reply);
            broker.manager().deleteExchange(session.virtualHost(), named, ifUnused, session.here(deleted));
        }
    }

    void bind(BindingSpec binding, Reply<Done> reply) {
        session.flush();
        if (guard.allowsBinding(binding, reply)) {
            broker.manager()
                    .bind(
                            session.virtualHost(),
                            binding,
                            session.id(),
                            session.here(guard.noting("bind", binding, reply)));
        }
    }

    void unbind(BindingSpec binding, Reply<Done> reply) {
        session.flush();
        if (guard.allowsBinding(binding, reply)) {
            broker.manager()
                    .unbind(
                            session.virtualHost(),
                            binding,
                            session.id(),
                            session.here(guard.noting("unbind", binding, reply)));
        }
    }

    // ---- Messages that wait

    void delayedMessages(
            String exchange, @Nullable DelayedMessage behind, int most, Reply<List<DelayedMessage>> reply) {
        DelayEntry entry = delayToUse(Permission.READ, exchange, reply);
        if (entry != null) {
            session.send(
                    entry.shard(),
                    new Command.ListDelayed(entry, behind, most, session.fromShard(entry.shard(), reply)));
        }
    }

    void cancelDelayed(String exchange, long id, Reply<Boolean> reply) {
        DelayEntry entry = delayToUse(Permission.WRITE, exchange, reply);
        if (entry != null) {
            Reply<Boolean> cancelled =
                    guard.noting("cancel delayed message " + id + " of", "exchange", exchange, reply);
            session.send(
                    entry.shard(), new Command.CancelDelayed(entry, id, session.fromShard(entry.shard(), cancelled)));
        }
    }

    /// Null after the reply was told why not. Everything collected is handed over first.
    private @Nullable DelayEntry delayToUse(Permission permission, String exchange, Reply<?> reply) {
        session.flush();
        if (!guard.allowsExchange(permission, exchange, reply)) {
            return null;
        }
        try {
            DelayEntry entry = broker.topology().delay(session.virtualHost(), exchange);
            if (entry == null) {
                reply.failed(new BrokerException.PreconditionFailed(
                        "exchange '" + exchange + "' in vhost '" + session.virtualHost() + "' delays no messages"));
            }
            return entry;
        } catch (BrokerException e) {
            reply.failed(e);
            return null;
        }
    }
}
