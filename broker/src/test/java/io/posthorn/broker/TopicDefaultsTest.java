package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.shard.Produced;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Appended;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicDefaults;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.log.RecordBatch;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What operators set for topics that say nothing themselves.
class TopicDefaultsTest {
    private static final AppendRule CLIENT = new AppendRule(true, AppendRule.Origin.CLIENT);
    private static final String BYTES = "log.retention.bytes";

    private FakeStorage storage = new FakeStorage();
    private BrokerWorld world = new BrokerWorld(storage);
    private Client client = world.connect();

    @Test
    void everyPartitionOfATopicGoesByThemFromThenOn() {
        create("silent", Map.of());
        create("chosen", Map.of("retention.bytes", "-1"));
        fill("silent");
        fill("chosen");
        put(TopicDefaults.OF_CLUSTER, BYTES, "\"100000\"");
        fill("silent");
        fill("chosen");
        assertThat(start("silent", 0)).isPositive();
        assertThat(start("silent", 1)).isPositive();
        assertThat(start("chosen", 1)).isZero();

        delete(TopicDefaults.OF_CLUSTER, BYTES);
        long kept = start("silent", 1);
        fill("silent");
        assertThat(start("silent", 1)).isEqualTo(kept);
    }

    @Test
    void aTopicThatIsCreatedGoesByThem() {
        put(TopicDefaults.OF_CLUSTER, BYTES, "100000");
        create("t", Map.of());
        fill("t");
        assertThat(start("t", 1)).isPositive();
    }

    @Test
    void theyHoldAfterACrash() {
        put(TopicDefaults.OF_CLUSTER, BYTES, "\"100000\"");
        create("t", Map.of());
        restart();
        fill("t");
        assertThat(start("t", 1)).isPositive();
    }

    @Test
    void whatGoesForThisNodeGoesFirst() {
        put(TopicDefaults.OF_NODE, BYTES, "\"200000\"");
        put(TopicDefaults.OF_CLUSTER, BYTES, "\"100000\"");
        put(TopicDefaults.OF_CLUSTER, "log.retention.ms", "\"1000\"");
        assertThat(defaults()).isEqualTo(Map.of("retention.bytes", "200000", "retention.ms", "1000"));
        delete(TopicDefaults.OF_NODE, BYTES);
        assertThat(defaults()).isEqualTo(Map.of("retention.bytes", "100000", "retention.ms", "1000"));
    }

    @Test
    void whatIsNoSingleWordOrNobodysKeySaysNothing() {
        put(TopicDefaults.OF_CLUSTER, BYTES, "{\"a\":1}");
        put(TopicDefaults.OF_CLUSTER, "num.io.threads", "8");
        put("others", BYTES, "100000");
        assertThat(defaults()).isEmpty();
    }

    @Test
    void idleProducersOfTopicsAreForgottenWhenTheySaySo() {
        create("t", Map.of());
        append("t", 0, Produced.numbered(7, 0, 0, "a"));
        world.time.pass(5_000);
        assertThat(producers("t")).hasSize(1);
        put(TopicDefaults.OF_CLUSTER, TopicDefaults.PRODUCER_EXPIRATION, "10000");
        assertThat(producers("t")).hasSize(1);
        world.time.pass(5_000);
        world.syncAndRun();
        assertThat(producers("t")).isEmpty();
    }

    // ---- Helpers

    private void create(String topic, Map<String, String> config) {
        var answer = new Answer<Topic>();
        client.session.topics().create(new TopicSpec(topic, 2, config), answer);
        world.syncAndRun();
        answer.get();
    }

    private void fill(String topic) {
        for (int i = 0; i < 10; i++) {
            append(topic, 0, Produced.batch(world.time.millis(), "x".repeat(50_000)));
            append(topic, 1, Produced.batch(world.time.millis(), "x".repeat(50_000)));
        }
    }

    private void append(String topic, int partition, RecordBatch batch) {
        var answer = new Answer<Appended>();
        client.session.topics().append(client.topic(topic).partitions().get(partition), batch, CLIENT, answer);
        client.session.flush();
        world.syncAndRun();
        answer.get();
    }

    private long start(String topic, int partition) {
        return client.topic(topic).partitions().get(partition).bounds().start();
    }

    private List<ProducerStatus> producers(String topic) {
        var answer = new Answer<List<ProducerStatus>>();
        client.session.topics().producers(client.topic(topic).partitions().getFirst(), answer);
        client.session.flush();
        world.syncAndRun();
        return answer.get();
    }

    private Map<String, String> defaults() {
        return client.session.topics().catalogue().defaults().config();
    }

    private void put(String component, String name, String json) {
        apply(new AdminChange.PutParameter(new Parameter("/", component, name, json)));
    }

    private void delete(String component, String name) {
        apply(new AdminChange.DeleteParameter("/", component, name));
    }

    private void apply(AdminChange change) {
        var answer = new Answer<Done>();
        world.broker.administration().apply(new Actor(Principal.OWNER, "test"), List.of(change), answer);
        world.syncAndRun();
        answer.get();
    }

    private void restart() {
        storage = storage.crash();
        world = new BrokerWorld(storage);
        client = world.connect();
        world.syncAndRun();
    }
}
