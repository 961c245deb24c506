package io.posthorn.server;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.AuditLog;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.Login;
import io.posthorn.broker.admin.Actor;
import io.posthorn.log.Bytes;
import io.posthorn.server.config.ListenAddress;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.server.control.ControlSocket;
import io.posthorn.server.control.Operator;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A server as a process has it: with a control socket, over which its owner may stop it and start it again. What is
/// not durable is forgotten in between, as it would be by a restart of the process. Thread-safe.
public final class RestartableServer implements Operator, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RestartableServer.class.getName());

    private final ServerConfig config;
    private final Background answers = new Background();
    private final @Nullable ControlSocket control;

    /// Null while it is stopped.
    private volatile @Nullable Server server;

    private RestartableServer(ServerConfig config) {
        Server first = Server.start(config);
        this.server = first;
        this.config = onSamePorts(config, first);
        this.control = first.amqpAddress()
                .flatMap(address -> ControlSocket.open(address.getPort(), this, answers, first::routes))
                .orElse(null);
    }

    /// @throws StartFailure when something that the user can mend stands in the way
    public static RestartableServer start(ServerConfig config) {
        return new RestartableServer(config);
    }

    // Clients come back to where they were.
    private static ServerConfig onSamePorts(ServerConfig config, Server started) {
        return config.listeningOn(new ServerConfig.Addresses(
                where(config.amqp().listen(), started.amqpAddress()),
                where(config.amqps().listen(), started.amqpsAddress()),
                where(config.kafka().listen(), started.kafkaAddress()),
                where(config.kafka().encrypted(), started.kafkasAddress()),
                where(config.http().listen(), started.httpAddress()),
                where(config.https().listen(), started.httpsAddress())));
    }

    private static ListenAddress where(ListenAddress wanted, Optional<InetSocketAddress> really) {
        return really.<ListenAddress>map(address -> wanted instanceof ListenAddress.On on
                        ? new ListenAddress.On(on.host(), address.getPort())
                        : wanted)
                .orElse(wanted);
    }

    /// The server that runs; the last one that ran is gone for good.
    ///
    /// @throws IllegalStateException while it is stopped
    public Server server() {
        Server running = server;
        if (running == null) {
            throw new IllegalStateException("the broker is stopped");
        }
        return running;
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }

    @Override
    public synchronized void stop() {
        Server running = server;
        if (running == null) {
            return;
        }
        LOG.log(Level.INFO, "the broker is stopped by its owner; the process stays");
        server = null;
        if (control != null) {
            control.stopped(running::routes);
        }
        running.close();
    }

    @Override
    public synchronized void start() {
        if (server != null) {
            return;
        }
        try {
            Server started = Server.start(config);
            if (control != null) {
                control.serve(started::routes);
            }
            server = started;
            LOG.log(Level.INFO, "the broker is started again");
        } catch (StartFailure failure) {
            throw new IllegalStateException(failure.getMessage(), failure);
        }
    }

    private LocalBroker broker() throws NotRunning {
        return running().broker();
    }

    private Server running() throws NotRunning {
        Server running = server;
        if (running == null) {
            throw new NotRunning();
        }
        return running;
    }

    @Override
    public Set<Alarm> alarms() throws NotRunning {
        return broker().alarms();
    }

    @Override
    public void forceAlarm(Alarm alarm, boolean on) throws NotRunning {
        broker().forceAlarm(alarm, on);
    }

    @Override
    public void stopPublishersAt(long bytes) throws NotRunning {
        broker().stopPublishersAt(bytes);
    }

    @Override
    public long memoryLimit() throws NotRunning {
        return broker().memoryLimit();
    }

    @Override
    public void limitChannels(int mostOfConnection) throws NotRunning {
        running().limitChannels(mostOfConnection);
    }

    @Override
    public boolean knows(String user, byte[] password) throws NotRunning {
        var peer = new Login.Peer("control socket", true, "control socket");
        var login = new Login(user, new Login.Proof.Password(new Bytes(password)), peer, "control socket");
        return broker().logIn(login).isPresent();
    }

    @Override
    public void note(Actor by, String what) {
        Server running = server;
        if (running != null) {
            running.broker().administration().note(by, what, AuditLog.Entry.OK);
        }
    }

    /// Stops in order.
    ///
    /// @throws IllegalStateException when that did not succeed
    @Override
    public synchronized void close() {
        Server running = server;
        server = null;
        if (control != null) {
            control.close();
        }
        answers.close();
        if (running != null) {
            running.close();
        }
    }
}
