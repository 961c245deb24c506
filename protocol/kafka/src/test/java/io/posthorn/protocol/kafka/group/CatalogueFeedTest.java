package io.posthorn.protocol.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.topic.Topic;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.group.FakeCatalogue.FakeTopic;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.TopicImage;
import org.apache.kafka.image.TopicsDelta;
import org.apache.kafka.image.TopicsImage;
import org.junit.jupiter.api.Test;

class CatalogueFeedTest {
    private static final Cluster CLUSTER = new Cluster("a cluster");
    private static final FakeTopic ORDERS = new FakeTopic("orders", 7, 3);
    private static final FakeTopic EVENTS = new FakeTopic("events", 8, 1);

    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private volatile FakeCatalogue catalogue = FakeCatalogue.of(ORDERS);
    private final CatalogueFeed feed =
            new CatalogueFeed(() -> catalogue, CLUSTER, (delta, image) -> told.add(new Told(delta, image)));

    private record Told(MetadataDelta delta, MetadataImage image) {
        TopicsDelta changes() {
            TopicsDelta changes = delta.topicsDelta();
            assertThat(changes).isNotNull();
            return changes;
        }

        TopicsImage topics() {
            return image.topics();
        }
    }

    @Test
    void theFirstThingToldIsEverythingThatIsThere() throws InterruptedException {
        feed.begin();

        Told first = next();
        assertThat(first.changes().createdTopicIds()).containsExactly(id(ORDERS));
        TopicImage orders = first.topics().getTopic("orders");
        assertThat(orders.id()).isEqualTo(id(ORDERS));
        assertThat(orders.partitions()).hasSize(3).containsOnlyKeys(0, 1, 2);
        assertThat(first.topics().getTopic(id(ORDERS))).isEqualTo(orders);
        assertThat(first.topics().getPartition(id(ORDERS), 2).leader).isEqualTo(1);
        assertThat(first.topics().getPartition(id(ORDERS), 3)).isNull();
        assertThat(first.image().isEmpty()).isFalse();
    }

    @Test
    void anIdOfAnotherClusterIsNobodys() throws InterruptedException {
        feed.begin();

        assertThat(next().topics().getTopic(new Uuid(1, ORDERS.id()))).isNull();
    }

    @Test
    void aTopicThatIsCreatedIsTheOnlyThingToldOf() throws InterruptedException {
        feed.begin();
        Told first = next();

        catalogue = FakeCatalogue.of(ORDERS, EVENTS);
        feed.created(EVENTS);

        Told second = next();
        assertThat(second.changes().createdTopicIds()).containsExactly(id(EVENTS));
        assertThat(second.changes().changedTopics()).containsOnlyKeys(id(EVENTS));
        assertThat(second.topics().topicsByName()).containsOnlyKeys("orders", "events");
        assertThat(second.image().offset()).isGreaterThan(first.image().offset());
        assertThat(second.delta().image()).isSameAs(first.image());
    }

    @Test
    void partitionsThatAreAddedAreAChange() throws InterruptedException {
        feed.begin();
        next();
        var more = new FakeTopic("orders", 7, 5);

        change(FakeCatalogue.of(more), more);

        Told second = next();
        assertThat(second.changes().createdTopicIds()).isEmpty();
        assertThat(second.changes().changedTopic(id(ORDERS)).newPartitions()).containsKeys(3, 4);
        assertThat(second.topics().getTopic("orders").partitions()).hasSize(5);
    }

    @Test
    void aTopicThatIsDeletedIsStillKnownInWhatWasBefore() throws InterruptedException {
        feed.begin();
        next();

        catalogue = FakeCatalogue.of(EVENTS);
        feed.removed(ORDERS);

        Told second = next();
        assertThat(second.changes().deletedTopicIds()).containsExactly(id(ORDERS));
        assertThat(second.changes().image().getTopic(id(ORDERS)).name()).isEqualTo("orders");
        assertThat(second.topics().getTopic("orders")).isNull();
    }

    @Test
    void aTopicThatIsDeletedAndCreatedAgainIsAnother() throws InterruptedException {
        feed.begin();
        next();
        var again = new FakeTopic("orders", 9, 1);

        catalogue = FakeCatalogue.of(again);
        feed.removed(ORDERS);
        feed.created(again);

        Told second = next();
        assertThat(second.changes().deletedTopicIds()).containsExactly(id(ORDERS));
        Told last = second.changes().createdTopicIds().isEmpty() ? next() : second;
        assertThat(last.changes().createdTopicIds()).containsExactly(id(again));
        assertThat(last.topics().getTopic("orders").id()).isEqualTo(id(again));
    }

    @Test
    void aTopicThatIsGoneBeforeItWasToldOfIsNoMatter() throws InterruptedException {
        feed.begin();
        next();

        feed.created(EVENTS);
        feed.changed(EVENTS);
        feed.removed(EVENTS);
        change(FakeCatalogue.of(ORDERS), ORDERS);

        Told last = next();
        while (!last.changes().changedTopics().containsKey(id(ORDERS))) {
            last = next();
        }
        assertThat(last.topics().topicsByName()).containsOnlyKeys("orders");
    }

    private void change(FakeCatalogue now, Topic topic) {
        catalogue = now;
        feed.changed(topic);
    }

    private Told next() throws InterruptedException {
        Told next = told.poll(1, TimeUnit.MINUTES);
        assertThat(next).isNotNull();
        return next;
    }

    private static Uuid id(Topic topic) {
        return CLUSTER.idOf(topic);
    }
}
