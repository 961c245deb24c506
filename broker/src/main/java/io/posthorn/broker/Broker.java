package io.posthorn.broker;

import io.posthorn.broker.admin.Administration;
import io.posthorn.broker.security.AccessControl;
import io.posthorn.broker.security.Passwords;
import io.posthorn.broker.statistics.Statistics;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The broker as protocols and the server see it. Thread-safe.
public interface Broker extends AutoCloseable {
    /// Opens a session: what one connection does, under one user, in one virtual host.
    ///
    /// @throws BrokerException.VirtualHostNotFound when there is no such virtual host
    /// @throws BrokerException.AccessRefused when the user may not use it
    BrokerSession open(SessionSpec spec, SessionListener listener);

    /// Finds out who somebody is.
    ///
    /// @param then is told, or that it is nobody: on any thread, also on this one before the call returns, and
    /// perhaps after a while, since who has failed often has to wait
    void logIn(Login login, Consumer<Optional<Principal>> then);

    /// The same for threads that can wait.
    default Optional<Principal> logIn(Login login) {
        var answer = new CompletableFuture<Optional<Principal>>();
        logIn(login, answer::complete);
        return answer.join();
    }

    /// What makes credentials of passwords that were just chosen.
    Passwords passwords();

    /// What may be done, and who may.
    AccessControl access();

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
