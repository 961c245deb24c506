package io.posthorn.broker;

import io.posthorn.broker.security.AccessControl;
import io.posthorn.broker.topology.SessionId;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// Who is connected: sessions begin here if they may, and end when their virtual host or user goes, or an operator
/// wants it. Thread-safe.
final class Sessions {
    private final LocalBroker broker;
    private final Map<SessionId, LocalSession> open = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();

    Sessions(LocalBroker broker) {
        this.broker = broker;
    }

    Collection<LocalSession> all() {
        return open.values();
    }

    int count() {
        return open.size();
    }

    /// @throws BrokerException when there is no such virtual host, or the principal may not go there
    LocalSession begin(SessionSpec spec, SessionListener listener) {
        String host = spec.virtualHost();
        broker.topology().virtualHost(host);
        if (!mayOpen(spec)) {
            throw refusal(spec);
        }
        if (listener instanceof ReportingListener) {
            broker.occupancy().addConnection(spec);
        }
        var session = new LocalSession(broker, spec, listener, new SessionId(last.incrementAndGet()));
        open.put(session.id(), session);
        broker.counted().opened(listener);
        // Whoever ends the sessions of a virtual host that is going may have looked just before.
        if (!broker.topology().hasVirtualHost(host)) {
            session.close();
            throw hostIsDeleted(host);
        }
        if (!mayOpen(spec)) {
            // Rights may be back by now, but the session is not.
            session.close();
            throw refusal(spec);
        }
        return session;
    }

    private boolean mayOpen(SessionSpec spec) {
        return broker.access().mayOpen(spec.principal(), spec.virtualHost());
    }

    private BrokerException refusal(SessionSpec spec) {
        var refusal = AccessControl.refusal(spec.principal(), spec.virtualHost());
        String what = "open vhost '" + spec.virtualHost() + "'";
        broker.audit()
                .record(new AuditLog.Entry(
                        spec.principal().user(), spec.name(), what, String.valueOf(refusal.getMessage())));
        return refusal;
    }

    /// The session has closed; its exclusive queues go with it.
    void ended(LocalSession session) {
        if (open.remove(session.id()) != null) {
            broker.counted().closed(session.listener());
            if (session.listener() instanceof ReportingListener) {
                broker.occupancy().removeConnection(session.spec());
            }
            broker.manager().endSession(session.id(), new Unheard<>());
        }
    }

    /// @return how many connections were told to end
    int endConnections(Predicate<SessionSpec> which, String reason) {
        int ended = 0;
        for (LocalSession session : open.values()) {
            if (session.listener() instanceof ReportingListener && which.test(session.spec())) {
                session.end(new BrokerException.EndedByOperator(reason));
                ended++;
            }
        }
        return ended;
    }

    void virtualHostDeleted(String name) {
        endThose(session -> session.virtualHost().equals(name), hostIsDeleted(name));
    }

    void userDeleted(String name) {
        endThose(
                session -> session.principal().user().equals(name),
                new BrokerException.EndedByOperator("user '" + name + "' is deleted"));
    }

    /// Connections hear of it from their listeners, which are closed before.
    void brokerStops() {
        endThose(
                session -> session.listener().endsWithBroker(),
                new BrokerException.ShuttingDown("the broker is closed"));
    }

    private void endThose(Predicate<LocalSession> which, BrokerException cause) {
        for (LocalSession session : open.values()) {
            if (which.test(session)) {
                session.end(cause);
            }
        }
    }

    private static BrokerException hostIsDeleted(String name) {
        return new BrokerException.EndedByOperator("vhost '" + name + "' is deleted");
    }
}
