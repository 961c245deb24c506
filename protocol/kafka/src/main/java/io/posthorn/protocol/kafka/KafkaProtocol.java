package io.posthorn.protocol.kafka;

import io.netty.channel.ChannelHandler;
import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import io.posthorn.transport.Connection;
import io.posthorn.transport.Protocol;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Kafka behind a listener. Knows none of Kafka's classes: who never speaks Kafka does not load them.
/// Thread-safe.
public final class KafkaProtocol implements Protocol, AutoCloseable {
    private static final String TRANSACTIONS = "__transaction_state";

    private static final System.Logger LOG = System.getLogger(KafkaProtocol.class.getName());

    private final Broker broker;
    private final KafkaSettings settings;
    private final Loggers loggers;
    private final Executor blocking;
    private final InstantSource clock;
    private @Nullable CompletableFuture<KafkaService> service;

    /// @param loggers of this process
    /// @param blocking where what may wait runs: virtual threads
    public KafkaProtocol(
            Broker broker, KafkaSettings settings, Loggers loggers, Executor blocking, InstantSource clock) {
        this.broker = broker;
        this.settings = settings;
        this.loggers = loggers;
        this.blocking = blocking;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public ChannelHandler serve(Connection connection) {
        return new KafkaDoor(service(), connection);
    }

    /// Begins to load what connections need, if nobody has yet, or not with success.
    public synchronized CompletableFuture<KafkaService> service() {
        CompletableFuture<KafkaService> known = service;
        if (known == null || known.isCompletedExceptionally()) {
            known = CompletableFuture.supplyAsync(this::open, blocking);
            var _ = known.whenComplete((_, failure) -> {
                if (failure != null) {
                    LOG.log(Level.ERROR, "Kafka cannot be served", failure);
                }
            });
            service = known;
        }
        return known;
    }

    /// Begins to load it also without a connection where transactions may be under way, since somebody has
    /// to end them: whoever reads what is committed waits for that. Returns at once.
    public void resume() {
        blocking.execute(() -> {
            if (hasTransactions()) {
                var _ = service();
            }
        });
    }

    private boolean hasTransactions() {
        try (var session = new CoordinatorSession(broker, settings.virtualHost(), "kafka-transactions")) {
            return session.topics().catalogue().named(TRANSACTIONS) != null;
        } catch (BrokerException noVirtualHost) {
            LOG.log(Level.WARNING, "no transactions are looked for: " + noVirtualHost.getMessage());
            return false;
        }
    }

    private KafkaService open() {
        return KafkaService.open(new Surroundings(broker, settings, Cluster.of(broker), loggers, blocking, clock));
    }

    /// Blocks until nothing of the protocol runs any more. Its listeners are closed before.
    @Override
    public void close() {
        CompletableFuture<KafkaService> known;
        synchronized (this) {
            known = service;
        }
        if (known != null) {
            known.handle((opened, _) -> {
                        if (opened != null) {
                            opened.close();
                        }
                        return true;
                    })
                    .join();
        }
    }
}
