package io.posthorn.remote;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.events.EventsException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A connection to a server, opened again whenever it was lost, until it is closed. Thread-safe.
///
/// The client's own recovery is not used: it revives channels, whose tags begin anew without a word, but not what was
/// declared on a channel that is closed by then, which is how we declare.
final class LastingConnection implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LastingConnection.class.getName());
    private static final Duration FIRST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final Opening opening;
    private final String server;
    private final Consumer<Connection> restoring;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Connection now; // changed under this object's lock

    /// Opens another connection to the same place.
    interface Opening {
        Connection open() throws IOException, TimeoutException;
    }

    /// @param now the first
    /// @param restoring makes again, on a connection that nobody else has yet, what went with the last one
    LastingConnection(Connection now, Opening opening, String server, Consumer<Connection> restoring) {
        this.now = now;
        this.opening = opening;
        this.server = server;
        this.restoring = restoring;
    }

    /// Opens it again from now on.
    void watch() {
        watch(now);
    }

    private void watch(Connection connection) {
        connection.addShutdownListener(_ -> {
            if (!isClosed()) {
                Thread.ofVirtual().name("connects to " + server).start(this::again);
            }
        });
    }

    private void again() {
        LOG.log(Level.WARNING, "the connection to {0} was lost, and is opened again", server);
        Duration wait = Duration.ZERO;
        while (!isClosedWithin(wait)) {
            if (opensAgain()) {
                return;
            }
            wait = wait.isZero() ? FIRST_WAIT : wait.multipliedBy(2);
            wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        }
    }

    private boolean opensAgain() {
        try {
            Connection opened = opening.open();
            try {
                restoring.accept(opened);
            } catch (RuntimeException e) {
                opened.abort();
                throw e;
            }
            use(opened);
            return true;
        } catch (AuthenticationFailureException | RuntimeException e) { // whatever it is, the next try may do better
            LOG.log(Level.WARNING, "{0} cannot be used yet: {1}", server, e.getMessage());
            return false;
        } catch (IOException | TimeoutException e) {
            LOG.log(Level.DEBUG, "{0} does not answer yet: {1}", server, e.getMessage());
            return false;
        }
    }

    private void use(Connection opened) {
        boolean isUsed;
        synchronized (this) {
            isUsed = !isClosed();
            if (isUsed) {
                now = opened;
            }
        }
        if (isUsed) {
            LOG.log(Level.INFO, "the connection to {0} is back", server);
            watch(opened);
        } else {
            opened.abort(); // it was closed meanwhile
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private boolean isClosedWithin(Duration wait) {
        try {
            return closed.await(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// A new channel.
    Channel channel() {
        if (isClosed()) {
            throw new EventsException.Closed("the connection to " + server);
        }
        return channel(now);
    }

    /// A new channel of this very connection.
    Channel channel(Connection connection) {
        if (!connection.isOpen()) {
            throw new EventsException.Unreachable(
                    server + " has gone; the connection is opened again as soon as it answers",
                    connection.getCloseReason());
        }
        try {
            Channel channel = connection.createChannel();
            if (channel == null) {
                throw new EventsException.Refused("the connection to " + server + " has no channel left", null);
            }
            return channel;
        } catch (IOException e) {
            throw Failures.of(e, server);
        } catch (ShutdownSignalException e) {
            throw Failures.of(e, server);
        }
    }

    @Override
    public void close() {
        Connection last;
        synchronized (this) {
            closed.countDown();
            last = now;
        }
        try {
            last.close();
        } catch (IOException | ShutdownSignalException e) {
            LOG.log(Level.DEBUG, "the connection was gone before it was closed: {0}", e.getMessage());
        }
    }
}
