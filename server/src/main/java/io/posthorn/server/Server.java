package io.posthorn.server;

import io.posthorn.broker.BrokerOptions;
import io.posthorn.broker.BrokerThreads;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.Principal;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.Timer;
import io.posthorn.broker.security.Users;
import io.posthorn.log.LogException;
import io.posthorn.protocol.amqp.AmqpProtocol;
import io.posthorn.protocol.amqp.AmqpSettings;
import io.posthorn.protocol.amqp.DeliveredProperties;
import io.posthorn.server.config.ListenAddress;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.server.control.ControlSocket;
import io.posthorn.transport.ConnectionLimit;
import io.posthorn.transport.EventLoops;
import io.posthorn.transport.IoLoop;
import io.posthorn.transport.ListenException;
import io.posthorn.transport.Listener;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// A broker with its storage and its listeners in this process. Started whole, or not at all.
public final class Server implements AutoCloseable {
    /// What connections are given to say goodbye in.
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private final ServerConfig config;
    private final Lifecycle lifecycle = new Lifecycle();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final EventLoops loops;
    private final LocalBroker broker;
    private @Nullable Listener amqp;

    private Server(ServerConfig config) {
        this.config = config;
        this.loops = EventLoops.start(
                config.threads().io() == 0
                        ? EventLoops.preferredCount()
                        : config.threads().io());
        lifecycle.opened("the event loops", loops);
        try {
            this.broker = openBroker();
            listen();
        } catch (LogException.Unusable unusable) {
            lifecycle.close();
            throw new StartFailure(String.valueOf(unusable.getMessage()) + ".");
        } catch (RuntimeException failure) {
            lifecycle.close();
            throw failure;
        }
    }

    /// @throws StartFailure when something that the user can mend stands in the way
    public static Server start(ServerConfig config) {
        return new Server(config);
    }

    public LocalBroker broker() {
        return broker;
    }

    /// Where AMQP is served really, unless it is off.
    public Optional<InetSocketAddress> amqpAddress() {
        return Optional.ofNullable(amqp).map(Listener::address);
    }

    /// Stops in order: nobody is let in, everybody is told, everything is flushed. Blocks until it is.
    ///
    /// @throws IllegalStateException when that did not succeed
    @Override
    public void close() {
        lifecycle.close();
    }

    private LocalBroker openBroker() {
        var storage = new StorageAssembly(config, blocking, lifecycle);
        List<SessionSpec.IoExecutor> shardLoops = loops.loops().stream()
                .<SessionSpec.IoExecutor>map(LoopExecutor::new)
                .toList();
        var threads = new BrokerThreads(shardLoops, blocking, Timer.SYSTEM);
        var opened = LocalBroker.open(
                storage::open,
                brokerOptions(),
                threads,
                InstantSource.system(),
                new DeliveredProperties(amqpSettings()));
        lifecycle.opened("the broker", opened);
        lifecycle.opened("the watch over the disk's room", new SpaceWatch(opened));
        return opened;
    }

    private BrokerOptions brokerOptions() {
        var defaults = BrokerOptions.defaults();
        return new BrokerOptions(
                defaults.memory(),
                config.limits().memoryPercent() / 100.0,
                defaults.mailboxBytes(),
                defaults.mostUnsynced(),
                config.limits().message(),
                defaults.seed());
    }

    private void listen() {
        if (config.amqp().listen() instanceof ListenAddress.On address) {
            Listener listener = open(address.socketAddress());
            amqp = listener;
            lifecycle.opened("the AMQP listener", () -> listener.stop("the broker is stopping", GOODBYE));
            ControlSocket.open(
                            broker,
                            new Principal(Users.GUEST),
                            listener.address().getPort())
                    .ifPresent(control -> lifecycle.opened("the control socket", control));
        }
    }

    private Listener open(InetSocketAddress address) {
        var protocol = new AmqpProtocol(broker, amqpSettings(), blocking, InstantSource.system());
        try {
            return Listener.open(loops, address, protocol, connectionLimit());
        } catch (ListenException refused) {
            throw new StartFailure(advice(refused));
        }
    }

    private AmqpSettings amqpSettings() {
        var defaults = AmqpSettings.DEFAULTS;
        return new AmqpSettings(
                new AmqpSettings.Identity(config.amqp().product(), config.amqp().version(), Build.version()),
                defaults.frameMax(),
                defaults.channelMax(),
                (int) config.amqp().heartbeat().toSeconds(),
                defaults.handshakeTimeout(),
                config.limits().message());
    }

    private ConnectionLimit connectionLimit() {
        int most = config.limits().connections();
        return most == 0 ? ConnectionLimit.byDescriptors() : new ConnectionLimit(most);
    }

    private static String advice(ListenException refused) {
        int port = refused.address().getPort();
        return switch (refused) {
            case ListenException.PortTaken taken ->
                ("%s, perhaps by another broker. 'ss -ltnp sport = :%d' shows by whom. Stop that,"
                                + " or choose another port: --amqp 127.0.0.1:0 takes a free one.")
                        .formatted(taken.getMessage(), port);
            case ListenException.NotOurAddress wrong ->
                "%s. Listen on one that it has: --amqp 127.0.0.1:%d.".formatted(wrong.getMessage(), port);
            case ListenException.NotAllowed denied ->
                "%s. Choose one above 1023: --amqp 127.0.0.1:5672.".formatted(denied.getMessage());
            case ListenException.Other other -> other.getMessage() + ".";
        };
    }

    /// A loop of the transport, as the broker knows loops.
    private record LoopExecutor(IoLoop loop) implements SessionSpec.IoExecutor {
        @Override
        public boolean isCurrentThread() {
            return loop.isCurrentThread();
        }

        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }
    }
}
