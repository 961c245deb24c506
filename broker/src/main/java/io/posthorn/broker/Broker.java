package io.posthorn.broker;

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

    /// Alarms that stop publishers now.
    java.util.Set<Alarm> alarms();

    BrokerStatus status();

    /// Stops in order: sessions are closed by their protocols before; what is parked is released, state is
    /// written, and the storage closed.
    @Override
    void close();
}
