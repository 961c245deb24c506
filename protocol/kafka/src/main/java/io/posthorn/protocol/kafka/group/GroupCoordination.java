package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.Broker;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/// The group coordinator, opened by the first request that needs it: a broker without groups has neither its threads
/// nor its topic, and starts without its classes. Thread-safe.
public final class GroupCoordination implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(GroupCoordination.class.getName());

    private final CoordinatorSession session;
    private final Cluster cluster;
    private final KafkaSettings settings;
    private final OffsetTransactions transactions;

    /// Guarded by this object, for as long as a transition takes.
    private State state = new NotOpened();

    private sealed interface State {}

    private record NotOpened() implements State {}

    private record Opened(CompletableFuture<RunningCoordinator> coordinator) implements State {}

    private record Closed() implements State {}

    public GroupCoordination(Broker broker, Cluster cluster, KafkaSettings settings, OffsetTransactions transactions) {
        this.session = new CoordinatorSession(broker, settings.virtualHost(), "kafka-groups");
        this.cluster = cluster;
        this.settings = settings;
        this.transactions = transactions;
    }

    /// The coordinator, when it is there.
    ///
    /// @return fails with what Kafka's clients try again on
    public CompletionStage<GroupCoordinator> coordinator() {
        return opened().thenApply(RunningCoordinator::service);
    }

    private synchronized CompletableFuture<RunningCoordinator> opened() {
        return switch (state) {
            case Opened opened -> opened.coordinator();
            case Closed _ -> CompletableFuture.failedFuture(stopped());
            case NotOpened _ -> {
                var opening = new CompletableFuture<RunningCoordinator>();
                state = new Opened(opening);
                Thread.ofVirtual().name("kafka-groups-open").start(() -> open(opening));
                yield opening;
            }
        };
    }

    private void open(CompletableFuture<RunningCoordinator> opening) {
        try {
            OffsetsTopic topic = OffsetsTopic.of(session);
            opening.complete(new RunningCoordinator(session, topic, cluster, settings, transactions));
        } catch (RuntimeException | InterruptedException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the group coordinator cannot be opened; the next request tries again",
                    e);
            forget();
            opening.completeExceptionally(new CoordinatorNotAvailableException("the coordinator cannot be opened", e));
        }
    }

    private synchronized void forget() {
        if (state instanceof Opened) {
            state = new NotOpened();
        }
    }

    private static CoordinatorNotAvailableException stopped() {
        return new CoordinatorNotAvailableException("the broker is stopping");
    }

    /// Blocks until nothing of the coordinator runs any more.
    @Override
    public void close() {
        State was = closed();
        // First of all, so that nobody waits for an append while the rest stops.
        session.close();
        if (was instanceof Opened(var opening)) {
            opening.handle((running, _) -> {
                        if (running != null) {
                            running.close();
                        }
                        return true;
                    })
                    .join();
        }
    }

    private synchronized State closed() {
        State was = state;
        state = new Closed();
        return was;
    }
}
