package io.posthorn.broker.topology;

import static io.posthorn.broker.topology.ManagerWorld.ALICE;
import static io.posthorn.broker.topology.ManagerWorld.arguments;
import static io.posthorn.broker.topology.ManagerWorld.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerException.AlreadyExists;
import io.posthorn.broker.BrokerException.LimitReached;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTest {
    private final ManagerWorld world = new ManagerWorld();

    @Test
    void aTopicIsAnsweredAndSeenOnceItIsDurable() {
        var answer = world.createTopic("t", 3, Map.of("retention.ms", "1000"));
        assertThat(answer.isThere()).isFalse();
        assertThat(world.host().seenTopic("t")).isNull();

        world.sync();

        var topic = world.topic("t");
        assertThat(answer.get()).isSameAs(topic);
        assertThat(topic.kind()).isEqualTo(Topic.Kind.TOPIC);
        assertThat(topic.config()).containsExactly(Map.entry("retention.ms", "1000"));
        assertThat(topic.partitions()).extracting(Partition::topic).containsOnly("t");
        assertThat(topic.partitions()).extracting(Partition::index).containsExactly(0, 1, 2);
        assertThat(world.created).isEqualTo(topic.entries());
        assertThat(world.host().queue("t")).isSameAs(topic.head());
        assertThat(world.host().seenTopic(topic.id())).isSameAs(topic);
        assertThat(world.news.heard).containsExactly("created t 3 {retention.ms=1000}");
    }

    @Test
    void thePartitionsOfATopicAreSpreadOverTheShards() {
        world.createTopic("t", Topology.SHARDS);
        world.sync();
        assertThat(world.topic("t").entries()).extracting(QueueEntry::shard).doesNotHaveDuplicates();
    }

    @Test
    void aTopicGrowsAndItsFirstPartitionsStayTheSame() {
        world.createTopic("t", 2, Map.of("k", "v"));
        world.sync();
        var before = world.topic("t");

        world.addPartitions(before, 4);
        world.sync();

        var after = world.topic("t");
        assertThat(after.entries()).hasSize(4).startsWith(before.entries().toArray(QueueEntry[]::new));
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.config()).isEqualTo(before.config());
        assertThat(world.created).isEqualTo(after.entries());
        assertThat(world.news.heard).endsWith("changed t 4 {k=v}");
        assertThat(world.addPartitions(after, 4).failure()).isInstanceOf(PreconditionFailed.class);
        assertThat(world.addPartitions(after, 10_001).failure()).isInstanceOf(LimitReached.class);
    }

    @Test
    void anotherConfigurationReachesEveryPartition() {
        world.createTopic("t", 2, Map.of("retention.ms", "1000", "k", "v"));
        world.sync();

        world.configure(world.topic("t"), Map.of("retention.ms", "2000"));
        world.sync();

        assertThat(world.topic("t").config()).containsExactly(Map.entry("retention.ms", "2000"));
        assertThat(world.configured).containsOnlyKeys(world.topic("t").entries());
        assertThat(world.configured.values()).containsOnly(arguments("x-queue-type", "topic", "retention.ms", "2000"));
        assertThat(world.news.heard).endsWith("changed t 2 {retention.ms=2000}");
    }

    @Test
    void aTopicIsDeletedWithAllItsPartitionsAndBindings() {
        world.createTopic("t", 2);
        world.sync();
        var topic = world.topic("t");
        world.bind(toQueue("amq.topic", "t", "#"));
        world.sync();

        world.delete(topic.head());
        world.sync();

        assertThat(world.removed).isEqualTo(topic.entries());
        assertThat(world.host().seenTopic("t")).isNull();
        assertThat(world.host().seenTopic(topic.id())).isNull();
        assertThat(world.host().bindingSpecs()).isEmpty();
        assertThat(world.host().has(topic.entries().getLast())).isFalse();
        assertThat(world.news.heard).endsWith("removed t 2 {}");
        assertThat(world.addPartitions(topic, 3).failure()).isInstanceOf(NotFound.class);
    }

    @Test
    void aTopicCreatedAgainIsAnotherTopic() {
        world.createTopic("t", 1);
        world.sync();
        var first = world.topic("t");
        world.delete(first.head());
        world.createTopic("t", 1);
        world.sync();
        assertThat(world.topic("t").id()).isNotEqualTo(first.id());
        assertThat(world.configure(first, Map.of()).failure()).isInstanceOf(NotFound.class);
    }

    @Test
    void aVirtualHostTakesItsTopicsAlong() {
        world.createTopic("t", 2);
        world.declare("q");
        world.sync();
        var topic = world.topic("t");
        world.manager.decide(List.of(new AdminChange.DeleteVirtualHost("/")), new Answer<>());
        world.sync();
        assertThat(world.removed).containsAll(topic.entries()).hasSize(3);
        assertThat(world.news.heard).contains("removed t 2 {}", "removed q 1 {}");
    }

    @Test
    void queuesAndStreamsAreTopicsOfOnePartition() {
        world.declare("queue");
        world.declare("stream", "", arguments("x-queue-type", "stream"), ALICE);
        world.declare("exclusive", "x");
        world.declare("no topic's name");
        world.declare("", "");
        world.sync();
        assertThat(world.host().seenTopics()).extracting(Topic::name).containsExactly("queue", "stream");
        assertThat(world.host().seenTopics())
                .extracting(Topic::kind)
                .containsExactly(Topic.Kind.QUEUE, Topic.Kind.STREAM);
        assertThat(world.host().seenTopics()).allMatch(each -> each.partitions().size() == 1);
        assertThat(world.news.heard).containsExactly("created queue 1 {}", "created stream 1 {}");
        assertThat(world.addPartitions(world.topic("queue"), 2).failure()).isInstanceOf(PreconditionFailed.class);
        assertThat(world.configure(world.topic("stream"), Map.of()).failure()).isInstanceOf(PreconditionFailed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a b", "ü", "a/b", "amq.x", "__consumer_offsets", "__transaction_state"})
    void someNamesAreNoTopics(String name) {
        assertThat(world.createTopic(name, 1).failure()).isInstanceOf(PreconditionFailed.class);
    }

    @Test
    void aNameHas249Letters() {
        assertThat(world.createTopic("a".repeat(250), 1).failure()).isInstanceOf(PreconditionFailed.class);
        world.createTopic("a".repeat(249), 1);
        world.sync();
        assertThat(world.host().topics()).hasSize(1);
    }

    @Test
    void whatAProtocolKeepsIsItsOwnAndGetsNothingByAnExchange() {
        var created = new Answer<Topic>();
        world.manager.createTopic("/", new TopicSpec("__consumer_offsets", 2, Map.of()), true, created);
        world.sync();
        assertThat(created.get().name()).isEqualTo("__consumer_offsets");
        assertThat(world.declare("__consumer_offsets").failure())
                .isInstanceOf(AccessRefused.class)
                .hasMessage("queue name '__consumer_offsets' is reserved");
        assertThat(world.manager
                        .current()
                        .route("/", "", "__consumer_offsets", List.of(), TestFacts.headers(Arguments.NONE))
                        .isEmpty())
                .isTrue();
        assertThat(world.bind(toQueue("amq.topic", "__consumer_offsets", "#")).failure())
                .isInstanceOf(AccessRefused.class);
    }

    @Test
    void aNameStandsForOneThing() {
        world.declare("q");
        assertThat(world.createTopic("q", 1).failure())
                .isInstanceOf(AlreadyExists.class)
                .hasMessage("there is a queue 'q' in vhost '/' already");
        world.createTopic("t", 1);
        assertThat(world.createTopic("t", 1).failure())
                .isInstanceOf(AlreadyExists.class)
                .hasMessage("there is a topic 't' in vhost '/' already");
    }

    @Test
    void namesOfTopicsDifferByMoreThanDotsAndUnderscores() {
        world.createTopic("a.b_c", 1);
        world.sync();
        assertThat(world.createTopic("a_b.c", 1).failure())
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage("topic 'a_b.c' collides with an existing topic: 'a.b_c'");
        world.delete(world.topic("a.b_c").head());
        world.createTopic("a_b.c", 1);
        world.sync();
        assertThat(world.host().topics()).containsOnlyKeys("a_b.c");
    }

    @Test
    void topicsCountAgainstTheQueuesThatAVirtualHostMayHave() {
        world.manager.decide(List.of(new AdminChange.SetVirtualHostLimit("/", "max-queues", 1)), new Answer<>());
        world.createTopic("t", 5);
        assertThat(world.createTopic("u", 1).failure()).isInstanceOf(LimitReached.class);
    }

    @Test
    void aTopicTakesOnePartitionOrMoreButNotTooMany() {
        assertThat(world.createTopic("t", 0).failure()).isInstanceOf(PreconditionFailed.class);
        assertThat(world.createTopic("t", Integer.MAX_VALUE).failure()).isInstanceOf(LimitReached.class);
    }

    // ---- Cursors

    @Test
    void aCursorHasAPartForEachPartitionAndGrowsWithTheTopic() {
        world.createTopic("t", 2);
        world.sync();
        var declared = cursor("t", "c");
        assertThat(declared.isThere()).isFalse();
        world.sync();
        assertThat(declared.get())
                .extracting(QueueEntry::source)
                .isEqualTo(world.topic("t").entries());
        assertThat(declared.get()).extracting(QueueEntry::log).doesNotHaveDuplicates();
        assertThat(declared.get()).allMatch(world.host()::has);
        assertThat(cursor("t", "c").get()).isEqualTo(declared.get());

        world.addPartitions(world.topic("t"), 3);
        world.sync();

        assertThat(world.host().cursorsOf("t").get("c"))
                .hasSize(3)
                .startsWith(declared.get().toArray(QueueEntry[]::new))
                .isEqualTo(cursor("t", "c").get());
        assertThat(world.created).containsAll(cursor("t", "c").get()).hasSize(6);
    }

    @Test
    void cursorsGoWithTheirTopicAndBeforeIt() {
        world.createTopic("t", 2);
        world.sync();
        cursor("t", "c");
        cursor("t", "d");
        world.sync();
        var cursors = world.host().belongingTo("t");
        assertThat(cursors).hasSize(6).endsWith(world.topic("t").entries().toArray(QueueEntry[]::new));
        world.delete(world.topic("t").head());
        world.sync();
        assertThat(world.removed).isEqualTo(cursors);
        assertThat(cursors).noneMatch(world.host()::has);
    }

    @Test
    void aCursorIsDeletedAlone() {
        world.createTopic("t", 2);
        world.sync();
        var topic = world.topic("t");
        cursor("t", "c");
        world.sync();
        var parts = cursor("t", "c").get();
        world.manager.deleteCursor(topic.head(), "c", new Answer<>());
        world.sync();
        assertThat(world.removed).isEqualTo(parts);
        assertThat(world.host().cursorsOf("t")).isEmpty();
        assertThat(world.topic("t")).isSameAs(topic);
    }

    @Test
    void aWorkQueueIsItsOwnCursor() {
        world.declare("q");
        world.sync();
        assertThat(cursor("q", "c").failure()).isInstanceOf(PreconditionFailed.class);
    }

    private Answer<List<QueueEntry>> cursor(String topic, String name) {
        var answer = new Answer<List<QueueEntry>>();
        world.manager.declareCursor(world.topic(topic).head(), name, List.of(), answer);
        return answer;
    }

    // ---- By the words of queues

    @Test
    void whoeverDeclaresAQueueWhereATopicIsGetsTheTopic() {
        world.createTopic("t", 2);
        world.sync();
        for (String flags : List.of("", "t", "a", "ta")) {
            var declared = world.declare("t", flags, arguments("x-max-length", 5, "x-expires", 10), ALICE);
            assertThat(declared.get()).isSameAs(world.topic("t").head());
        }
        assertThat(world.declare("t", "", arguments("x-queue-type", "stream"), ALICE)
                        .get())
                .isSameAs(world.topic("t").head());
    }

    @Test
    void aTopicIsNoQueueOfAnotherType() {
        world.createTopic("t", 2);
        world.sync();
        assertThat(world.declare("t", "", arguments("x-queue-type", "quorum"), ALICE)
                        .failure())
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage("inequivalent arg 'x-queue-type' for queue 't' in vhost '/': received 'quorum' but current"
                        + " is 'topic'");
    }

    @Test
    void nothingIsDeclaredAsATopic() {
        assertThat(world.declare("t", "", arguments("x-queue-type", "topic"), ALICE)
                        .failure())
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage("invalid arg 'x-queue-type' for queue 't' in vhost '/': \"unsupported queue type"
                        + " 'topic'\"");
    }

    @Test
    void aPausedTopicIsPausedInAllItsPartitionsAndThoseToCome() {
        world.createTopic("t", 2);
        world.sync();
        world.manager.pauseQueue(world.topic("t").head(), "because", new Answer<>());
        world.sync();
        assertThat(world.pausedLogs).containsExactlyElementsOf(world.topic("t").entries());
        world.addPartitions(world.topic("t"), 3);
        world.sync();
        assertThat(world.pausedLogs).containsExactlyElementsOf(world.topic("t").entries());
    }
}
