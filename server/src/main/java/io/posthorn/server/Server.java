package io.posthorn.server;

import io.posthorn.broker.AuditLog;
import io.posthorn.broker.BrokerOptions;
import io.posthorn.broker.BrokerThreads;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.SessionSpec;
import io.posthorn.console.http.Route;
import io.posthorn.log.LogException;
import io.posthorn.protocol.amqp.AmqpProtocol;
import io.posthorn.protocol.amqp.AmqpSettings;
import io.posthorn.protocol.amqp.DeliveredProperties;
import io.posthorn.protocol.amqp.PropertyTable;
import io.posthorn.protocol.connection.LoopExecutor;
import io.posthorn.protocol.kafka.CodecOpener;
import io.posthorn.server.audit.AuditFile;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.transport.ConnectionLimit;
import io.posthorn.transport.EventLoops;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/// A broker with its storage and its listeners in this process. Started whole, or not at all.
public final class Server implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Server.class.getName());

    /// Bytes that a compressed batch may become for consumers of other protocols.
    private static final int MOST_OPENED = 32 << 20;

    private final ServerConfig config;
    private final Surroundings around;
    private final Lifecycle lifecycle = new Lifecycle();
    private final Executor blocking;
    private final EventLoops loops;
    private final LocalBroker broker;
    private final Optional<InetSocketAddress> amqp;
    private final Optional<InetSocketAddress> amqps;
    private final KafkaDoors kafka;
    private final HttpService http;
    private final ReplaceableProtocol protocol;

    private Server(ServerConfig config, Surroundings around) {
        this.config = config;
        this.around = around;
        this.loops = startLoops(config);
        lifecycle.opened("the event loops", loops);
        var background = new Background();
        lifecycle.opened("what runs in the background", background);
        this.blocking = around.others().apply(background);
        try {
            this.broker = openBroker();
            new Provisions(broker).make(config.provisions());
            this.protocol = new ReplaceableProtocol(newProtocol(amqpSettings()));
            var limit = connectionLimit();
            var listeners = new Listeners(loops, config.tls(), blocking, broker::hasAdministrator, lifecycle);
            this.amqp = listeners.open("--amqp", config.amqp().listen(), protocol, limit);
            this.amqps = listeners.openEncrypted("--amqps", config.amqps().listen(), protocol, limit);
            this.kafka = KafkaDoors.open(broker, config.kafka(), listeners, limit, blocking, around.clock(), lifecycle);
            var form = new AmqpForm(new PropertyTable(amqpSettings()), around.clock());
            this.http = HttpService.open(broker, config, listeners, limit.most(), form, blocking);
        } catch (LogException.Unusable unusable) {
            lifecycle.close();
            throw new StartFailure(String.valueOf(unusable.getMessage()) + ".");
        } catch (RuntimeException failure) {
            lifecycle.close();
            throw failure;
        }
    }

    private static EventLoops startLoops(ServerConfig config) {
        int wanted = config.threads().io();
        int count = wanted == 0 ? EventLoops.preferredCount() : wanted;
        return config.isListening() ? EventLoops.start(count) : EventLoops.startWithoutSockets(count);
    }

    /// @throws StartFailure when something that the user can mend stands in the way
    public static Server start(ServerConfig config) {
        return start(config, Surroundings.MACHINE);
    }

    /// @throws StartFailure when something that the user can mend stands in the way
    public static Server start(ServerConfig config, Surroundings around) {
        return new Server(config, around);
    }

    public LocalBroker broker() {
        return broker;
    }

    /// A thread that sessions can live on, for an application that embeds the broker.
    public SessionSpec.IoExecutor loop() {
        return around.loops().apply(new LoopExecutor(loops.loops().getFirst()));
    }

    /// The broker's time.
    public InstantSource clock() {
        return around.clock();
    }

    /// Whether messages survive a restart.
    public boolean isDurable() {
        return config.place() instanceof ServerConfig.Place.Directory;
    }

    /// Where AMQP is served really, unless it is off.
    public Optional<InetSocketAddress> amqpAddress() {
        return amqp;
    }

    /// Where AMQP is served over TLS really, unless it is off.
    public Optional<InetSocketAddress> amqpsAddress() {
        return amqps;
    }

    /// Where the Kafka protocol is served really, unless it is off.
    public Optional<InetSocketAddress> kafkaAddress() {
        return kafka.plainAddress();
    }

    /// Where the Kafka protocol is served over TLS really, unless it is off.
    public Optional<InetSocketAddress> kafkasAddress() {
        return kafka.encryptedAddress();
    }

    /// Where the management API is served really, unless it is off.
    public Optional<InetSocketAddress> httpAddress() {
        return http.plainAddress();
    }

    /// Where the management API is served over TLS really, unless it is off.
    public Optional<InetSocketAddress> httpsAddress() {
        return http.encryptedAddress();
    }

    /// What the management API serves, and the control socket too. Made when it is first wanted.
    List<Route> routes() {
        return http.routes();
    }

    /// @param mostOfConnection channels, for connections to come
    void limitChannels(int mostOfConnection) {
        protocol.replace(newProtocol(amqpSettings().withChannelMax(mostOfConnection)));
    }

    private AmqpProtocol newProtocol(AmqpSettings settings) {
        return new AmqpProtocol(broker, settings, blocking, around.clock());
    }

    /// Stops in order: nobody is let in, everybody is told, everything is flushed. Blocks until it is.
    ///
    /// @throws IllegalStateException when that did not succeed
    @Override
    public void close() {
        lifecycle.close();
    }

    private static final class Codecs {
        static final CodecOpener OPENER = new CodecOpener(MOST_OPENED);
    }

    private LocalBroker openBroker() {
        var storage = new StorageAssembly(config, blocking, around.flusher(), lifecycle);
        List<SessionSpec.IoExecutor> shardLoops = loops.loops().stream()
                .map(loop -> around.loops().apply(new LoopExecutor(loop)))
                .toList();
        var audit = new AtomicReference<>(AuditLog.NONE);
        var threads = new BrokerThreads(shardLoops, blocking, this::callBack);
        var opened = LocalBroker.open(
                storage::open,
                brokerOptions(),
                threads,
                around.clock(),
                new DeliveredProperties(amqpSettings()),
                // Looked for when the first compressed batch is read: until then nobody needs Kafka's classes.
                batch -> Codecs.OPENER.open(batch),
                entry -> audit.get().record(entry));
        lifecycle.opened("the broker", opened);
        // Not before the directory is there, and ours.
        audit.set(openAudit());
        // Asking for the status is looking: the storage reviews its room, and raises or ends its alarm.
        lifecycle.opened(
                "the watch over the disk's room", new Watch("space-watch", Duration.ofSeconds(1), opened::status));
        return opened;
    }

    private void callBack(long millis, Runnable task) {
        around.timer().after(millis, () -> {
            try {
                task.run();
            } catch (RejectedExecutionException stopped) {
                LOG.log(Level.DEBUG, "nobody is left to be called back");
            }
        });
    }

    private AuditLog openAudit() {
        Optional<Path> path = config.auditFile();
        if (path.isEmpty()) {
            return AuditLog.NONE;
        }
        try {
            var file = AuditFile.open(path.get(), config.audit().size(), around.clock());
            lifecycle.opened("the audit log", file);
            return file;
        } catch (IOException e) {
            throw new StartFailure("The audit log %s cannot be written: %s. Name another, or 'off', by audit.file."
                    .formatted(path.get(), e));
        }
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

    private ConnectionLimit connectionLimit() {
        int most = config.limits().connections();
        return most == 0 ? ConnectionLimit.byDescriptors() : new ConnectionLimit(most);
    }

    private AmqpSettings amqpSettings() {
        var defaults = AmqpSettings.DEFAULTS;
        return new AmqpSettings(
                new AmqpSettings.Identity(config.amqp().product(), config.amqp().version(), Build.version()),
                config.amqp().initialFrame(),
                defaults.frameMax(),
                defaults.channelMax(),
                (int) config.amqp().heartbeat().toSeconds(),
                defaults.handshakeTimeout(),
                defaults.patienceWithBroker(),
                config.limits().message());
    }
}
