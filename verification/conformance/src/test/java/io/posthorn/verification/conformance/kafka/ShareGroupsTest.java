package io.posthorn.verification.conformance.kafka;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Share groups, with Kafka's own consumer and administration.
@Timeout(120)
class ShareGroupsTest {
    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();

    @AfterEach
    void close() {
        admin.close();
        server.close();
    }

    @Test
    void membersShareAPartitionAndEachRecordGoesToOne() throws Exception {
        create("orders", 1);
        fromTheStart("workers");
        try (var one = ShareMember.accepting(server, "workers", "orders");
                var other = ShareMember.accepting(server, "workers", "orders")) {
            produce("orders", "none", 0, 200);
            var got = new ArrayList<String>();
            while (got.size() < 200) {
                got.addAll(one.rest());
                got.addAll(other.rest());
            }
            assertThat(got).containsExactlyInAnyOrderElementsOf(values(0, 200));
        }
    }

    @Test
    void manyPartitionsAndMembersOfEveryCodec() throws Exception {
        create("orders", 4);
        fromTheStart("workers");
        var members = new ArrayList<ShareMember>();
        try {
            for (int i = 0; i < 3; i++) {
                members.add(ShareMember.accepting(server, "workers", "orders"));
            }
            int at = 0;
            for (String codec : List.of("gzip", "snappy", "lz4", "zstd", "none")) {
                produce("orders", codec, at, at + 400);
                at += 400;
            }
            var got = new ArrayList<String>();
            while (got.size() < at) {
                members.forEach(member -> got.addAll(member.rest()));
            }
            assertThat(got).containsExactlyInAnyOrderElementsOf(values(0, at));
        } finally {
            members.forEach(ShareMember::close);
        }
    }

    @Test
    void eachGroupGetsEverything() throws Exception {
        create("orders", 1);
        fromTheStart("one");
        fromTheStart("two");
        produce("orders", "none", 0, 10);
        try (var one = ShareMember.accepting(server, "one", "orders");
                var two = ShareMember.accepting(server, "two", "orders")) {
            assertThat(one.takeValues(10)).isEqualTo(values(0, 10));
            assertThat(two.takeValues(10)).isEqualTo(values(0, 10));
        }
    }

    @Test
    void aGroupThatIsToldNothingBeginsWithWhatComesNext() throws Exception {
        create("orders", 1);
        GroupConfig.quick(admin, "workers");
        produce("orders", "none", 0, 10);
        try (var member = ShareMember.accepting(server, "workers", "orders")) {
            awaitOffsets("workers", Map.of(new TopicPartition("orders", 0), 10L));
            produce("orders", "none", 10, 12);
            assertThat(member.takeValues(2)).containsExactly("10", "11");
        }
    }

    // ---- What becomes of a record

    @Test
    void whatIsReleasedComesAgainAndWhatIsRejectedDoesNot() throws Exception {
        create("orders", 1);
        fromTheStart("workers");
        produce("orders", "none", 0, 4);
        ShareMember.Handler handler = (consumer, record) -> consumer.acknowledge(
                record,
                switch (record.value()) {
                    case "1" -> record.deliveryCount().get() == 1 ? AcknowledgeType.RELEASE : AcknowledgeType.ACCEPT;
                    case "2" -> AcknowledgeType.REJECT;
                    default -> AcknowledgeType.ACCEPT;
                });
        try (var member = ShareMember.deciding(server, "workers", handler, "orders")) {
            assertThat(member.takeValues(4)).isEqualTo(values(0, 4));
            ConsumerRecord<String, String> again = member.take(1).getFirst();
            assertThat(again.value()).isEqualTo("1");
            assertThat(again.deliveryCount()).contains((short) 2);
            awaitOffsets("workers", Map.of(new TopicPartition("orders", 0), 4L));
            assertThat(member.rest()).isEmpty();
        }
    }

    @Test
    void whatAlwaysComesBackIsGivenUp() throws Exception {
        create("orders", 1);
        fromTheStart("workers");
        configure("workers", "share.delivery.count.limit", "3");
        produce("orders", "none", 0, 2);
        ShareMember.Handler handler = (consumer, record) -> consumer.acknowledge(
                record, record.value().equals("0") ? AcknowledgeType.RELEASE : AcknowledgeType.ACCEPT);
        try (var member = ShareMember.deciding(server, "workers", handler, "orders")) {
            assertThat(member.takeValues(4)).containsExactlyInAnyOrder("0", "1", "0", "0");
            awaitOffsets("workers", Map.of(new TopicPartition("orders", 0), 2L));
            produce("orders", "none", 2, 3);
            assertThat(member.takeValues(1)).containsExactly("2");
        }
    }

    @Test
    void acknowledgementsAreAnsweredOneByOne() throws Exception {
        create("orders", 1);
        fromTheStart("workers");
        produce("orders", "none", 0, 3);
        ShareMember.Handler handler = (consumer, record) -> {
            consumer.acknowledge(record);
            assertThat(consumer.commitSync().values()).allMatch(Optional::isEmpty);
        };
        Map<String, Object> mode = Map.of("share.acknowledgement.mode", "explicit", "max.poll.records", 1);
        try (var member = ShareMember.of(
                server, "workers", with(mode, "share.acquire.mode", "record_limit"), handler, "orders")) {
            assertThat(member.takeValues(3)).isEqualTo(values(0, 3));
            awaitOffsets("workers", Map.of(new TopicPartition("orders", 0), 3L));
        }
    }

    @Test
    void aLeaseIsRenewed() throws Exception {
        create("orders", 1);
        fromTheStart("workers");
        produce("orders", "none", 0, 1);
        var renewed = new AtomicBoolean();
        ShareMember.Handler handler = (consumer, record) ->
                consumer.acknowledge(record, renewed.getAndSet(true) ? AcknowledgeType.ACCEPT : AcknowledgeType.RENEW);
        try (var member = ShareMember.deciding(server, "workers", handler, "orders")) {
            assertThat(member.takeValues(2)).as("the client shows it again").containsExactly("0", "0");
            awaitOffsets("workers", Map.of(new TopicPartition("orders", 0), 1L));
        }
    }

    @Test
    void whatAMemberHadWhoIsGoneGoesToOthers() throws Exception {
        create("orders", 1);
        fromTheStart("workers");
        produce("orders", "none", 0, 10);
        var gone = ShareMember.deciding(server, "workers", (_, _) -> {}, "orders");
        assertThat(gone.takeValues(10)).isEqualTo(values(0, 10));
        gone.vanish();
        try (var other = ShareMember.accepting(server, "workers", "orders")) {
            assertThat(other.takeValues(10)).isEqualTo(values(0, 10));
        }
    }

    @Test
    void whatIsNotSettledInTimeComesAgain() throws Exception {
        create("orders", 1);
        fromTheStart("workers");
        configure("workers", "share.record.lock.duration.ms", "1000");
        produce("orders", "none", 0, 1);
        var hasIt = new CountDownLatch(1);
        ShareMember.Handler handler = (_, _) -> {
            hasIt.countDown();
            awaitInterrupt();
        };
        try (var slow = ShareMember.deciding(server, "workers", handler, "orders")) {
            hasIt.await();
            try (var other = ShareMember.deciding(server, "workers", ShareConsumer::acknowledge, "orders")) {
                ConsumerRecord<String, String> again = other.take(1).getFirst();
                assertThat(again.deliveryCount()).contains((short) 2);
                awaitOffsets("workers", Map.of(new TopicPartition("orders", 0), 1L));
            }
            slow.interrupt();
        }
    }

    @Test
    void aGroupGetsWhatIsOfOpenTransactionsUnlessItWantsWhatIsCommitted() throws Exception {
        create("orders", 1);
        fromTheStart("eager");
        fromTheStart("strict");
        configure("strict", "share.isolation.level", "read_committed");
        Map<String, Object> config = new HashMap<>(server.clientConfig());
        config.put("transactional.id", "t");
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
                var eager = ShareMember.accepting(server, "eager", "orders");
                var strict = ShareMember.accepting(server, "strict", "orders")) {
            produce("orders", "none", 0, 1);
            assertThat(strict.takeValues(1)).containsExactly("0");
            producer.initTransactions();
            producer.beginTransaction();
            var _ = producer.send(new ProducerRecord<>("orders", "lost"));
            producer.flush();
            produce("orders", "none", 1, 2);
            assertThat(eager.takeValues(3)).containsExactly("0", "lost", "1");
            assertThat(strict.rest()).isEmpty();
            producer.abortTransaction();
            assertThat(strict.takeValues(1)).containsExactly("1");
            awaitOffsets("strict", Map.of(new TopicPartition("orders", 0), 4L));
            awaitOffsets("eager", Map.of(new TopicPartition("orders", 0), 4L));
        }
    }

    @Test
    void whatIsAbortedIsNotShownToThoseWhoWantWhatIsCommitted() throws Exception {
        create("orders", 1);
        fromTheStart("workers");
        configure("workers", "share.isolation.level", "read_committed");
        Map<String, Object> config = new HashMap<>(server.clientConfig());
        config.put("transactional.id", "t");
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            for (int i = 0; i < 20; i++) {
                producer.beginTransaction();
                var _ = producer.send(new ProducerRecord<>("orders", i % 2 == 0 ? "kept" + i : "lost" + i));
                if (i % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
        }
        try (var member = ShareMember.accepting(server, "workers", "orders")) {
            assertThat(member.takeValues(10)).allMatch(value -> value.startsWith("kept"));
            awaitOffsets("workers", Map.of(new TopicPartition("orders", 0), 40L));
            assertThat(member.rest()).isEmpty();
        }
    }

    // ---- Administration

    @Test
    void groupsAreListedDescribedAndDeleted() throws Exception {
        create("orders", 2);
        fromTheStart("workers");
        produce("orders", "none", 0, 3);
        try (var member = ShareMember.accepting(server, "workers", "orders")) {
            member.take(3);
            ShareGroupDescription group = requireNonNull(admin.describeShareGroups(List.of("workers"))
                            .describedGroups()
                            .get("workers"))
                    .get();
            assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(group.members())
                    .hasSize(1)
                    .allSatisfy(one ->
                            assertThat(one.assignment().topicPartitions()).hasSize(2));
            assertThat(admin.listGroups(ListGroupsOptions.forShareGroups())
                            .all()
                            .get())
                    .extracting(GroupListing::groupId)
                    .containsExactly("workers");
        }
        admin.deleteShareGroups(List.of("workers")).all().get();
        assertThat(admin.listGroups().all().get()).isEmpty();
        try (var member = ShareMember.accepting(server, "workers", "orders")) {
            assertThat(member.takeValues(3)).as("what was done was forgotten").containsExactlyInAnyOrder("0", "1", "2");
        }
    }

    @Test
    void offsetsAreToldAlteredAndDeleted() throws Exception {
        create("orders", 1);
        var partition = new TopicPartition("orders", 0);
        produce("orders", "none", 0, 10);
        fromTheStart("workers");
        try (var member = ShareMember.accepting(server, "workers", "orders")) {
            member.take(10);
            awaitOffsets("workers", Map.of(partition, 10L));
            assertThatThrownBy(() -> admin.alterShareGroupOffsets("workers", Map.of(partition, 4L))
                            .all()
                            .get())
                    .hasCauseInstanceOf(GroupNotEmptyException.class);
        }
        admin.alterShareGroupOffsets("workers", Map.of(partition, 4L)).all().get();
        SharePartitionOffsetInfo told =
                requireNonNull(admin.listShareGroupOffsets(Map.of("workers", new ListShareGroupOffsetsSpec()))
                        .partitionsToOffsetInfo("workers")
                        .get()
                        .get(partition));
        assertThat(told.startOffset()).isEqualTo(4);
        assertThat(told.lag()).contains(6L);
        try (var member = ShareMember.accepting(server, "workers", "orders")) {
            assertThat(member.takeValues(6)).isEqualTo(values(4, 10));
        }
        admin.deleteShareGroupOffsets("workers", Set.of("orders")).all().get();
        assertThat(offsets("workers")).isEmpty();
        try (var member = ShareMember.accepting(server, "workers", "orders")) {
            assertThat(member.takeValues(10)).isEqualTo(values(0, 10));
        }
    }

    // ---- One name, one cursor

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aQueuesConsumerAndAShareGroupGetEachMessageOnceBetweenThem(boolean isTopic) throws Exception {
        try (Connection connection = server.amqpConnection();
                Channel channel = connection.createChannel()) {
            if (isTopic) {
                create("orders", 3);
            } else {
                channel.queueDeclare("orders", true, false, false, Map.of());
            }
            var got = new LinkedBlockingQueue<String>();
            channel.basicQos(5);
            channel.basicConsume(
                    "orders",
                    false,
                    (_, delivery) -> {
                        got.add("amqp " + new String(delivery.getBody(), StandardCharsets.UTF_8));
                        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                    },
                    _ -> {});
            Map<String, Object> few = Map.of("max.poll.records", 5);
            // On a queue every group is among its consumers; on a topic the one that has its name.
            String group = isTopic ? "orders" : "workers";
            GroupConfig.quick(admin, group);
            try (var member = ShareMember.of(server, group, few, (_, _) -> {}, "orders")) {
                var all = new ArrayList<String>();
                int at = 0;
                boolean isShared = false;
                while (all.size() < at || !isShared) {
                    if (!isShared || at < 2_000) {
                        produce("orders", "lz4", at, at + 100);
                        at += 100;
                    }
                    got.drainTo(all);
                    member.rest().forEach(value -> all.add("kafka " + value));
                    isShared |= all.stream().anyMatch(one -> one.startsWith("amqp"))
                            && all.stream().anyMatch(one -> one.startsWith("kafka"));
                }
                assertThat(all.stream().map(one -> one.replaceAll(".* ", "")))
                        .containsExactlyInAnyOrderElementsOf(values(0, at));
            }
        }
    }

    // ---- With these hands

    private void create(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    private void fromTheStart(String group) throws Exception {
        GroupConfig.quick(admin, group);
        configure(group, "share.auto.offset.reset", "earliest");
    }

    private void configure(String group, String key, String value) throws Exception {
        GroupConfig.set(admin, group, Map.of(key, value));
    }

    private static Map<String, Object> with(Map<String, Object> config, String key, Object value) {
        Map<String, Object> more = new HashMap<>(config);
        more.put(key, value);
        return more;
    }

    private static void awaitInterrupt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<TopicPartition, Long> offsets(String group) throws Exception {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        admin.listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                .partitionsToOffsetInfo(group)
                .get()
                .forEach((partition, info) -> offsets.put(partition, info.startOffset()));
        return offsets;
    }

    private void awaitOffsets(String group, Map<TopicPartition, Long> wanted) throws Exception {
        while (!offsets(group).equals(wanted)) {
            Thread.onSpinWait();
        }
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private void produce(String topic, String codec, int from, int to) {
        Map<String, Object> config = new HashMap<>(server.clientConfig());
        config.put("compression.type", codec);
        config.put("linger.ms", 20);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < to; i++) {
                var _ = producer.send(new ProducerRecord<>(topic, Integer.toString(i)));
            }
        }
    }
}
