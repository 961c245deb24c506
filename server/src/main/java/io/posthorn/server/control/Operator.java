package io.posthorn.server.control;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.admin.Actor;
import java.util.Set;

/// What the owner of a broker's process does to it as a whole. Called on virtual threads.
public interface Operator {
    boolean isRunning();

    /// Closes the listeners and the broker behind them, as a stop of the process would; the process stays, and its
    /// control socket. Nothing, when it is stopped already.
    ///
    /// @throws IllegalStateException when something did not close in order
    void stop();

    /// Opens what [#stop] has closed, on the ports it had before. Nothing, when it runs already.
    ///
    /// @throws IllegalStateException when something stands in the way, in words for people
    void start();

    /// @throws NotRunning when it is stopped
    Set<Alarm> alarms() throws NotRunning;

    /// @throws NotRunning when it is stopped
    void forceAlarm(Alarm alarm, boolean on) throws NotRunning;

    /// @param bytes that messages and connections may hold before publishers are stopped
    /// @throws NotRunning when it is stopped
    void stopPublishersAt(long bytes) throws NotRunning;

    /// What messages and connections may hold at most.
    ///
    /// @throws NotRunning when it is stopped
    long memoryLimit() throws NotRunning;

    /// Of connections to come.
    ///
    /// @throws NotRunning when it is stopped
    void limitChannels(int mostOfConnection) throws NotRunning;

    /// @throws NotRunning when it is stopped
    boolean knows(String user, byte[] password) throws NotRunning;

    /// Writes down what was done to it, while it runs.
    void note(Actor by, String what);

    /// The broker is stopped.
    final class NotRunning extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        public NotRunning() {
            super("the broker is stopped", null, false, false);
        }
    }
}
