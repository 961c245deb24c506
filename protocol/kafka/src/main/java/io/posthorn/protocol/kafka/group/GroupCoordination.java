package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.Broker;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/// The group coordinator, opened by the first request that needs it: a broker without groups has neither
/// its threads nor its topic, and starts without its classes. When its topic goes, with the virtual host, so do it and
/// all that groups knew, and the next request opens another. Thread-safe.
public final class GroupCoordination implements AutoCloseable {
    private static final Executor ENDING =
            action -> Thread.ofVirtual().name("kafka-groups-end").start(action);

    private static final System.Logger LOG = System.getLogger(GroupCoordination.class.getName());

    private final CoordinatorSession session;
    private final Cluster cluster;
    private final GroupConfigs configs;

    /// Guarded by this object, for as long as a transition takes.
    private State state = new NotOpened();

    private int openings;

    /// What ends since its topic is gone. Guarded by this object.
    private CompletableFuture<?> ending = CompletableFuture.completedFuture(true);

    private sealed interface State {}

    private record NotOpened() implements State {}

    /// @param number which time it is
    private record Opened(int number, CompletableFuture<RunningCoordinator> coordinator) implements State {}

    private record Closed() implements State {}

    /// @param configs what groups are configured with
    public GroupCoordination(Broker broker, Cluster cluster, KafkaSettings settings, GroupConfigs configs) {
        this.session = new CoordinatorSession(broker, settings.virtualHost(), "kafka-groups");
        this.cluster = cluster;
        this.configs = configs;
    }

    /// The coordinator, when it is there.
    ///
    /// @return fails with what Kafka's clients try again on
    public CompletionStage<GroupCoordinator> coordinator() {
        return opened().thenApply(RunningCoordinator::service);
    }

    /// The partition of `__consumer_offsets` that a group's offsets are in.
    public CompletionStage<TopicPartition> offsetsOf(String group) {
        return coordinator().thenApply(groups -> new TopicPartition(OffsetsTopic.NAME, groups.partitionFor(group)));
    }

    /// What was committed in a transaction counts from now on, or never will.
    ///
    /// @param partition of `__consumer_offsets`
    /// @return completes when that is durable; fails with what is worth another try
    public CompletionStage<Void> completeTransaction(
            TopicPartition partition,
            long producerId,
            short producerEpoch,
            int coordinatorEpoch,
            TransactionResult result,
            short transactionVersion) {
        return coordinator()
                .thenCompose(groups -> groups.completeTransaction(
                        partition, producerId, producerEpoch, coordinatorEpoch, result, transactionVersion));
    }

    private synchronized CompletableFuture<RunningCoordinator> opened() {
        return switch (state) {
            case Opened opened -> opened.coordinator();
            case Closed _ -> CompletableFuture.failedFuture(stopped());
            case NotOpened _ -> {
                var opening = new CompletableFuture<RunningCoordinator>();
                openings++;
                int number = openings;
                state = new Opened(number, opening);
                Thread.ofVirtual().name("kafka-groups-open").start(() -> open(number, opening));
                yield opening;
            }
        };
    }

    private void open(int number, CompletableFuture<RunningCoordinator> opening) {
        try {
            OffsetsTopic topic = OffsetsTopic.of(session);
            var coordinator = RunningCoordinator.open(session, topic, cluster, configs);
            opening.complete(coordinator);
            topic.whenDeleted(() -> end(number, coordinator));
        } catch (RuntimeException | InterruptedException | Error e) {
            // Once the process ends, what opens may fail as it likes: some of Kafka's classes cannot even be loaded
            // then.
            if (forget()) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "the group coordinator cannot be opened; the next request tries again",
                        e);
            }
            opening.completeExceptionally(new CoordinatorNotAvailableException("the coordinator cannot be opened", e));
        }
    }

    /// @return whether there may be another try
    private synchronized boolean forget() {
        if (state instanceof Opened) {
            state = new NotOpened();
            return true;
        }
        return false;
    }

    /// Its topic is gone.
    private synchronized void end(int number, RunningCoordinator coordinator) {
        if (state instanceof Opened(var current, var _) && current == number) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    OffsetsTopic.NAME + " was deleted: groups and their offsets are forgotten");
            state = new NotOpened();
            ending = ending.thenRunAsync(coordinator::close, ENDING);
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
        if (was instanceof Opened(var _, var opening)) {
            opening.handle((running, _) -> {
                        if (running != null) {
                            running.close();
                        }
                        return true;
                    })
                    .join();
        }
        ended().join();
    }

    private synchronized CompletableFuture<?> ended() {
        return ending;
    }

    private synchronized State closed() {
        State was = state;
        state = new Closed();
        return was;
    }
}
