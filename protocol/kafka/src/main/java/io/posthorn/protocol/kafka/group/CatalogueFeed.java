package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicsListener;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.coordinator.SerialExecutor;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.jspecify.annotations.Nullable;

/// Tells the coordinator which topics there are: at first all of them, then each change, at the cost of the change.
///
/// Listens on the topology's thread, where it only notes what has changed, and tells it on a thread of its own, because
/// the coordinator makes whoever tells it of a deleted topic wait until the topic's offsets are gone. The
/// catalogue that goes with a change may be ahead of it; the changes in between are told next.
final class CatalogueFeed implements TopicsListener {
    /// The coordinator, as far as this knows it.
    interface Sink {
        void accept(MetadataDelta delta, MetadataImage image);
    }

    private static final System.Logger LOG = System.getLogger(CatalogueFeed.class.getName());

    private final Supplier<Catalogue> catalogues;
    private final Cluster cluster;
    private final Sink sink;
    private final SerialExecutor executor = new SerialExecutor("kafka-groups-catalogue");
    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();

    /// What the coordinator knows. As the field below, confined to the executor.
    private @Nullable Catalogue known;

    private MetadataImage image = MetadataImage.EMPTY;

    private sealed interface Change {}

    private record Created(Topic topic) implements Change {}

    private record Changed(Topic topic) implements Change {}

    private record Removed(Topic topic) implements Change {}

    /// @param catalogues the catalogue as it is now: [Topics#catalogue]
    CatalogueFeed(Supplier<Catalogue> catalogues, Cluster cluster, Sink sink) {
        this.catalogues = catalogues;
        this.cluster = cluster;
        this.sink = sink;
    }

    /// Tells everything that is there. Changes have to be listened for already: those that come before are part of it.
    void begin() {
        executor.execute(() -> {
            changes.clear();
            Catalogue now = catalogues.get();
            MetadataDelta delta = begunDelta();
            now.topics().forEach(topic -> create(delta, topic));
            tell(delta, now);
        });
    }

    @Override
    public void created(Topic topic) {
        note(new Created(topic));
    }

    @Override
    public void changed(Topic topic) {
        note(new Changed(topic));
    }

    @Override
    public void removed(Topic topic) {
        note(new Removed(topic));
    }

    private void note(Change change) {
        changes.add(change);
        executor.execute(this::tellChanges);
    }

    private void tellChanges() {
        Catalogue before = known;
        if (before == null) {
            return; // not begun yet
        }
        MetadataDelta delta = begunDelta();
        Change change;
        while ((change = changes.poll()) != null) {
            add(delta, change, before);
        }
        if (delta.topicsDelta() != null) {
            tellNow(delta);
        }
    }

    private void tellNow(MetadataDelta delta) {
        try {
            tell(delta, catalogues.get());
        } catch (BrokerException.VirtualHostNotFound gone) {
            LOG.log(System.Logger.Level.DEBUG, "the coordinator ends with its virtual host: {0}", gone.getMessage());
        }
    }

    private void add(MetadataDelta delta, Change change, Catalogue before) {
        switch (change) {
            case Created(var topic) -> create(delta, topic);
            case Changed(var topic) when isKnown(topic, delta, before) -> addPartitions(delta, topic);
            case Removed(var topic)
            when isKnown(topic, delta, before) -> delta.replay(new RemoveTopicRecord().setTopicId(cluster.idOf(topic)));
            case Changed _, Removed _ -> {} // a catalogue that was ahead did not have it any more
        }
    }

    private boolean isKnown(Topic topic, MetadataDelta delta, Catalogue before) {
        return before.identified(topic.id()) != null
                || (delta.topicsDelta() != null && delta.topicsDelta().changedTopic(cluster.idOf(topic)) != null);
    }

    private void create(MetadataDelta delta, Topic topic) {
        delta.replay(new TopicRecord().setName(topic.name()).setTopicId(cluster.idOf(topic)));
        addPartitions(delta, topic);
    }

    private void addPartitions(MetadataDelta delta, Topic topic) {
        for (int index = 0; index < topic.partitions().size(); index++) {
            delta.replay(new PartitionRecord()
                    .setTopicId(cluster.idOf(topic))
                    .setPartitionId(index)
                    .setReplicas(PartitionsView.REPLICAS)
                    .setIsr(PartitionsView.REPLICAS)
                    .setLeader(PartitionsView.THIS_NODE));
        }
    }

    private MetadataDelta begunDelta() {
        return new MetadataDelta.Builder().setImage(image).build();
    }

    /// The delta is not applied to anything: what comes out of it is there already.
    private void tell(MetadataDelta delta, Catalogue now) {
        image = CatalogueImage.of(now, cluster, image.offset() + 1);
        known = now;
        sink.accept(delta, image);
    }
}
