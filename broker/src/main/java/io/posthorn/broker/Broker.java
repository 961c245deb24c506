package io.posthorn.broker;

import io.posthorn.broker.admin.Administration;
import io.posthorn.broker.statistics.Statistics;
import java.util.function.Predicate;

/// The broker as protocols and the server see it. Thread-safe.
public interface Broker extends AutoCloseable {
    /// Opens a session: what one connection does, under one user, in one virtual host.
    ///
    /// @throws BrokerException.VirtualHostNotFound when there is no such virtual host
    /// @throws BrokerException.AccessRefused when the user may not use it
    BrokerSession open(SessionSpec spec, SessionListener listener);

    /// Checks a user's password. May take long: call it on a virtual thread.
    java.util.Optional<Principal> authenticate(String user, byte[] password);

    /// The user of this name, for whoever has proved it by other means than a password.
    java.util.Optional<Principal> user(String name);

    /// What operators change and read.
    Administration administration();

    /// Alarms that stop publishers now.
    java.util.Set<Alarm> alarms();

    BrokerStatus status();

    /// Whether it takes and delivers messages: not after its journal has failed, and not while it stops.
    boolean isInService();

    /// What is counted, and who is there.
    Statistics statistics();

    /// Ends the sessions that an operator does not want any more; their peers are told the reason.
    ///
    /// @return how many
    int endSessions(Predicate<SessionSpec> which, String reason);

    /// Stops in order: sessions are closed by their protocols before; what is parked is released, state is
    /// written, and the storage closed.
    @Override
    void close();
}
