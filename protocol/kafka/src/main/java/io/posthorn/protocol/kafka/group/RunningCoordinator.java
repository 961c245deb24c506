package io.posthorn.protocol.kafka.group;

import com.yammer.metrics.core.MetricsRegistry;
import io.posthorn.broker.topic.Topics;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorRuntimeMetrics;

/// Kafka's group coordinator with all that it runs on, from the start to the stop.
final class RunningCoordinator implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RunningCoordinator.class.getName());

    /// Kafka's coordinator goes by Kafka's clock, as its timing wheels do.
    private static final Time CLOCK = Time.SYSTEM;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

    /// Some seconds.
    private static final int MOST_LOOKS = 1_500;

    private final CoordinatorTimer timer = new CoordinatorTimer();
    private final Metrics metrics = new Metrics();
    private final MetricsRegistry registry = new MetricsRegistry();
    private final LogLoader loader;
    private final GroupCoordinatorService service;
    private AutoCloseable listening = () -> {};

    private RunningCoordinator(
            CoordinatorSession session, Topics topics, OffsetsTopic topic, Cluster cluster, GroupConfigs configs) {
        var writer = new LogPartitionWriter(session, topic);
        this.loader = new LogLoader(session, topic, writer, CLOCK);
        this.service = new GroupCoordinatorService.Builder(KafkaSettings.NODE_ID, configs.coordinator())
                .withTime(CLOCK)
                .withTimer(timer)
                .withLoader(loader)
                .withWriter(writer)
                .withCoordinatorRuntimeMetrics(new GroupCoordinatorRuntimeMetrics(metrics))
                .withGroupCoordinatorMetrics(new GroupCoordinatorMetrics(registry, metrics))
                .withGroupConfigManager(configs)
                .withPersister(new CursorPersister(session, cluster, configs))
                .withAuthorizerPlugin(Optional.empty())
                .withPartitionMetadataClient(new LatestOffsets(topics))
                .build();
    }

    /// Blocks until the groups are there that there were before; where those are many, until they are on
    /// their way, and the coordinator says so to who asks for them.
    static RunningCoordinator open(
            CoordinatorSession session, OffsetsTopic topic, Cluster cluster, GroupConfigs configs)
            throws InterruptedException {
        Topics topics = session.topics();
        int partitions = topic.partitions().size();
        var coordinator = new RunningCoordinator(session, topics, topic, cluster, configs);
        try {
            coordinator.begin(topics, partitions, cluster);
        } catch (Throwable failure) { // its threads are there already
            coordinator.close();
            throw failure;
        }
        return coordinator;
    }

    private void begin(Topics topics, int partitions, Cluster cluster) throws InterruptedException {
        service.startup(() -> partitions);
        var feed = new CatalogueFeed(topics::catalogue, cluster, service::onMetadataUpdate);
        listening = topics.listen(feed);
        feed.begin();
        for (int partition = 0; partition < partitions; partition++) {
            service.onElection(partition, 0);
        }
        awaitLoaded();
    }

    /// The coordinator tells nobody when it has loaded, but says so to who asks.
    private void awaitLoaded() throws InterruptedException {
        for (int looks = 0; looks < MOST_LOOKS && isLoading(); looks++) {
            Thread.sleep(LOOK_AGAIN);
        }
    }

    private boolean isLoading() {
        ListGroupsResponseData answer =
                service.listGroups(null, new ListGroupsRequestData()).join();
        return answer.errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code();
    }

    GroupCoordinatorService service() {
        return service;
    }

    /// Whoever waits for an answer is told that there is no coordinator any more. What has been appended
    /// stays; what has not been confirmed may be there or not.
    @Override
    public void close() {
        quietly("the listener", listening);
        quietly("the loader", loader);
        quietly("the coordinator", service::shutdown);
        quietly("the timer", timer);
        quietly("the metrics", metrics);
        quietly("the registry", registry::shutdown);
    }

    private static void quietly(String what, AutoCloseable closed) {
        try {
            closed.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.log(System.Logger.Level.WARNING, what + " does not stop in order", e);
        }
    }
}
