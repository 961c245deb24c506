package io.posthorn.protocol.kafka.share;

import static io.posthorn.protocol.kafka.TestRequests.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.topic.Topic;
import io.posthorn.log.StorageOptions;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.KafkaWorld;
import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.protocol.kafka.TestRequests;
import io.posthorn.protocol.kafka.TestTopics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgePartition;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgeTopic;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgementBatch;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchPartition;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchTopic;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.ShareAcknowledgeRequest;
import org.apache.kafka.common.requests.ShareAcknowledgeResponse;
import org.apache.kafka.common.requests.ShareFetchRequest;
import org.apache.kafka.common.requests.ShareFetchResponse;
import org.apache.kafka.common.requests.ShareGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ShareGroupHeartbeatResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What members ask for that makes no sense is answered as Kafka does, and nothing comes of it.
class ShareRequestsTest {
    private static final short VERSION = 2;
    private static final String ONE = Uuid.randomUuid().toString();
    private static final String OTHER = Uuid.randomUuid().toString();

    /// Of what is produced little stays in memory.
    private final KafkaWorld world =
            new KafkaWorld(KafkaSettings.DEFAULTS, 1, StorageOptions.inMemory().withTailBudget(1 << 18));

    private final TestTopics topics = new TestTopics(world);
    private final Topic orders = topics.create("orders");
    private final Uuid id = topics.idOf(orders);
    private final RawKafka client = connected();

    private RawKafka connected() {
        try {
            return world.connect();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void begin() throws IOException {
        join("g", ONE);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        topics.close();
        world.close();
    }

    // ---- Sessions

    @Test
    void aSessionIsBegunBeforeItIsUsed() throws IOException {
        assertThat(fetch(fetch("g", ONE, 1)).errorCode()).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND.code());
        assertThat(fetch(fetch("g", ONE, -1)).errorCode()).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND.code());
        assertThat(acknowledge(1, one(0, 0, 1))).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
    }

    @Test
    void theEpochCountsRequests() throws IOException {
        assertThat(fetch(fetch("g", ONE, 0)).errorCode()).isZero();
        assertThat(fetch(fetch("g", ONE, 2)).errorCode()).isEqualTo(Errors.INVALID_SHARE_SESSION_EPOCH.code());
        assertThat(fetch(fetch("g", ONE, 1)).errorCode()).isZero();
        assertThat(fetch(fetch("g", ONE, 1)).errorCode()).isEqualTo(Errors.INVALID_SHARE_SESSION_EPOCH.code());
        assertThat(acknowledge(0, one(0, 0, 1))).isEqualTo(Errors.INVALID_SHARE_SESSION_EPOCH);
        assertThat(fetch(fetch("g", ONE, 0)).errorCode()).as("a new one").isZero();
        assertThat(fetch(fetch("g", ONE, 1)).errorCode()).isZero();
    }

    @Test
    void nobodyHasAnotherConnectionsSession() throws IOException {
        fetch(fetch("g", ONE, 0));
        try (RawKafka thief = world.connect()) {
            assertThat(thief.ask(request(fetch("g", ONE, 1)), ShareFetchResponse.class)
                            .error())
                    .isEqualTo(Errors.SHARE_SESSION_NOT_FOUND);
        }
        assertThat(fetch(fetch("g", ONE, 1)).errorCode()).isZero();
    }

    @Test
    void whatASessionHadGoesToOthersWhenItEnds() throws IOException {
        produce("a", "b");
        assertThat(offsets(fetch(fetch("g", ONE, 0)))).containsExactly(0L, 1L);
        assertThat(offsets(fetch(fetch("g", OTHER, 0)))).isEmpty();
        assertThat(fetch(fetch("g", ONE, -1)).errorCode()).isZero();
        ShareFetchResponseData again = fetch(fetch("g", OTHER, 1));
        assertThat(offsets(again)).containsExactly(0L, 1L);
        assertThat(only(again).acquiredRecords().getFirst().deliveryCount()).isEqualTo((short) 2);
        assertThat(fetch(fetch("g", ONE, 1)).errorCode()).isEqualTo(Errors.SHARE_SESSION_NOT_FOUND.code());
    }

    @Test
    void whatAConnectionHadGoesToOthersWhenItEnds() throws IOException {
        produce("a");
        try (RawKafka gone = world.connect()) {
            ShareFetchResponse answer = gone.ask(request(fetch("g", OTHER, 0)), ShareFetchResponse.class);
            assertThat(offsets(answer.data())).containsExactly(0L);
        }
        assertThat(offsets(fetch(fetch("g", ONE, 0).setMaxWaitMs(20_000)))).containsExactly(0L);
    }

    // ---- Who and what

    @Test
    void aMemberHasAnIdAndAGroup() throws IOException {
        assertThat(fetch(fetch("g", "", 0)).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(fetch(fetch("g", "m".repeat(37), 0)).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(fetch(fetch(null, ONE, 0)).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void aTopicIsThereAndTheGroupHasBegunWithIt() throws IOException {
        ShareFetchRequestData unknown = fetch("g", ONE, 0);
        unknown.topics().clear();
        unknown.topics().add(topic(Uuid.randomUuid(), 0));
        assertThat(only(fetch(unknown)).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());

        ShareFetchRequestData beyond = fetch("g", ONE, 0);
        beyond.topics().clear();
        beyond.topics().add(topic(id, 7));
        assertThat(only(fetch(beyond)).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());

        assertThat(only(fetch(fetch("nobody", ONE, 0))).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    // ---- Acknowledgements

    @Test
    void nobodyAcknowledgesWhatHeHasNot() throws IOException {
        produce("a", "b", "c", "d");
        assertThat(offsets(fetch(limited(fetch("g", ONE, 0), 2)))).containsExactly(0L, 1L);
        assertThat(offsets(fetch(limited(fetch("g", OTHER, 0), 1)))).containsExactly(2L);
        int epoch = 1;
        assertThat(acknowledge(epoch++, one(1, 2, 1))).as("another's").isEqualTo(Errors.INVALID_RECORD_STATE);
        assertThat(acknowledge(epoch++, one(0, 3, 1))).as("nobody's yet").isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(epoch++, one(1, 0, 1))).as("backwards").isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(epoch++, one(0, 1, 1), one(0, 1, 1)))
                .as("overlapping")
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(epoch++, one(0, 1, 1, 1, 1)))
                .as("too many types")
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(epoch++, one(0, 1))).as("no type").isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(epoch++, one(0, 1, 5))).as("an unknown type").isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(epoch++, one(0, 1, -1))).as("no type either").isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(epoch++, one(0, 1, 4))).as("renewed, unsaid").isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(epoch++, one(0, Long.MAX_VALUE, 1))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(epoch++, one(-5, 1, 1))).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(acknowledge(epoch++, one(0, 1, 1))).as("and still has it").isEqualTo(Errors.NONE);
        assertThat(acknowledge(epoch, one(0, 1, 1))).as("over and done with").isEqualTo(Errors.NONE);
    }

    @Test
    void eachRecordHasAnEndOfItsOwn() throws IOException {
        produce("a", "b", "c", "d");
        assertThat(offsets(fetch(fetch("g", ONE, 0)))).containsExactly(0L, 1L, 2L, 3L);
        assertThat(acknowledge(1, one(0, 3, 1, 2, 3, 0))).isEqualTo(Errors.NONE);
        assertThat(offsets(fetch(fetch("g", ONE, 2)))).containsExactly(1L);
    }

    @Test
    void acknowledgementsComeWithAFetch() throws IOException {
        produce("a", "b");
        fetch(fetch("g", ONE, 0));
        ShareFetchRequestData next = fetch("g", ONE, 1);
        next.topics().find(id).partitions().find(0).setAcknowledgementBatches(List.of(batch(0, 1, 2)));
        ShareFetchResponseData answer = fetch(next);
        assertThat(only(answer).acknowledgeErrorCode()).isZero();
        assertThat(offsets(answer)).as("released by the same request").containsExactly(0L, 1L);

        ShareFetchRequestData wrong = fetch("g", ONE, 2);
        wrong.topics().find(id).partitions().find(0).setAcknowledgementBatches(List.of(batch(0, 9, 1)));
        assertThat(only(fetch(wrong)).acknowledgeErrorCode()).isEqualTo(Errors.INVALID_REQUEST.code());

        ShareFetchRequestData first = fetch("g", ONE, 0);
        first.topics().find(id).partitions().find(0).setAcknowledgementBatches(List.of(batch(0, 1, 1)));
        assertThat(fetch(first).errorCode()).as("nothing to acknowledge yet").isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void whoRenewsFetchesNothing() throws IOException {
        produce("a");
        fetch(fetch("g", ONE, 0));
        ShareFetchRequestData both = fetch("g", ONE, 1).setIsRenewAck(true);
        assertThat(fetch(both).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        ShareFetchRequestData renewal = fetch("g", ONE, 1)
                .setIsRenewAck(true)
                .setMaxBytes(0)
                .setMinBytes(0)
                .setMaxRecords(0)
                .setMaxWaitMs(0);
        renewal.topics().find(id).partitions().find(0).setAcknowledgementBatches(List.of(batch(0, 0, 4)));
        ShareFetchResponseData answer = fetch(renewal);
        assertThat(answer.errorCode()).isZero();
        assertThat(only(answer).acknowledgeErrorCode()).isZero();
        assertThat(acknowledge(2, one(0, 0, 1))).as("still leased").isEqualTo(Errors.NONE);
    }

    // ---- How much

    @Test
    void aBatchIsGivenWholeUnlessRecordsAreCounted() throws IOException {
        produce(Compression.gzip().build(), values(10));
        ShareFetchResponseData some = fetch(limited(fetch("g", ONE, 0), 3));
        assertThat(offsets(some)).hasSize(3);
        assertThat(valuesOf(only(some))).as("as it was produced").hasSize(10);
        ShareFetchResponseData rest = fetch(fetch("g", OTHER, 0).setMaxRecords(2));
        assertThat(offsets(rest)).containsExactly(3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void whatDoesNotFitComesLaterAndWasNotDelivered() throws IOException {
        for (int i = 0; i < 5; i++) {
            produce("x".repeat(1_000));
        }
        ShareFetchResponseData first = fetch(fetch("g", ONE, 0).setMaxBytes(2_500));
        assertThat(offsets(first)).containsExactly(0L, 1L);
        ShareFetchResponseData next = fetch(fetch("g", ONE, 1).setMaxBytes(100));
        assertThat(offsets(next)).as("one at least").containsExactly(2L);
        assertThat(only(next).acquiredRecords().getFirst().deliveryCount()).isEqualTo((short) 1);
        assertThat(offsets(fetch(fetch("g", ONE, 2)))).containsExactly(3L, 4L);
    }

    @Test
    void whatCannotBeReadNowIsNotAccepted() throws IOException {
        produce("first");
        for (int i = 0; i < 12; i++) {
            produce("x".repeat(200_000));
        }
        world.store().setUnreadable(true);
        ShareFetchResponseData failed = fetch(fetch("g", ONE, 0));
        assertThat(offsets(failed)).isEmpty();
        assertThat(only(failed).errorCode()).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());

        world.store().setUnreadable(false);
        ShareFetchResponseData read = fetch(fetch("g", ONE, 1));
        assertThat(offsets(read)).startsWith(0L);
        assertThat(valuesOf(only(read))).startsWith("first");
    }

    @Test
    void aFetchWaitsForWhatComes() throws IOException {
        var header = client.send(request(fetch("g", ONE, 0).setMaxWaitMs(20_000)));
        try (RawKafka producer = world.connect()) {
            produce(producer, records("late"));
        }
        var answer = (ShareFetchResponse) client.answer(header);
        assertThat(valuesOf(only(answer.data()))).containsExactly("late");
    }

    // ---- With these hands

    /// A member has its part once the group has begun with the topic.
    private void join(String group, String member) throws IOException {
        int epoch = 0;
        boolean isAssigned = false;
        while (!isAssigned) {
            var beat = new ShareGroupHeartbeatRequestData()
                    .setGroupId(group)
                    .setMemberId(member)
                    .setMemberEpoch(epoch)
                    .setSubscribedTopicNames(List.of("orders"));
            ShareGroupHeartbeatResponseData answer = client.ask(
                            new ShareGroupHeartbeatRequest.Builder(beat).build((short) 1),
                            ShareGroupHeartbeatResponse.class)
                    .data();
            assertThat(answer.errorCode()).isZero();
            epoch = answer.memberEpoch();
            isAssigned = answer.assignment() != null
                    && !answer.assignment().topicPartitions().isEmpty();
        }
    }

    private void produce(String... values) throws IOException {
        produce(client, records(values));
    }

    private void produce(Compression compression, String... values) throws IOException {
        produce(client, records(compression, values));
    }

    private static void produce(RawKafka by, Records records) throws IOException {
        ProduceResponse answer = by.ask(TestRequests.produce(9, -1, "orders", 0, records), ProduceResponse.class);
        assertThat(TestRequests.only(answer).errorCode()).isZero();
    }

    private static String[] values(int count) {
        return IntStream.range(0, count).mapToObj(i -> "v" + i).toArray(String[]::new);
    }

    private ShareFetchRequestData fetch(@Nullable String group, String member, int epoch) {
        var data = new ShareFetchRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setShareSessionEpoch(epoch)
                .setMaxWaitMs(0)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setMaxRecords(100)
                .setBatchSize(100);
        if (epoch >= 0) {
            data.topics().add(topic(id, 0));
        }
        return data;
    }

    private static ShareFetchRequestData limited(ShareFetchRequestData data, int records) {
        return data.setMaxRecords(records).setShareAcquireMode((byte) 1);
    }

    private static FetchTopic topic(Uuid id, int partition) {
        var topic = new FetchTopic().setTopicId(id);
        topic.partitions().add(new FetchPartition().setPartitionIndex(partition));
        return topic;
    }

    private static ShareFetchRequestData.AcknowledgementBatch batch(long first, long last, int... types) {
        return new ShareFetchRequestData.AcknowledgementBatch()
                .setFirstOffset(first)
                .setLastOffset(last)
                .setAcknowledgeTypes(types(types));
    }

    private static AcknowledgementBatch one(long first, long last, int... types) {
        return new AcknowledgementBatch()
                .setFirstOffset(first)
                .setLastOffset(last)
                .setAcknowledgeTypes(types(types));
    }

    private static List<Byte> types(int... types) {
        return Arrays.stream(types).mapToObj(type -> (byte) type).toList();
    }

    private static ShareFetchRequest request(ShareFetchRequestData data) {
        return new ShareFetchRequest(data, VERSION);
    }

    private ShareFetchResponseData fetch(ShareFetchRequestData data) throws IOException {
        return client.ask(request(data), ShareFetchResponse.class).data();
    }

    /// Of the only partition, or of the request.
    private Errors acknowledge(int epoch, AcknowledgementBatch... batches) throws IOException {
        var topic = new AcknowledgeTopic().setTopicId(id);
        topic.partitions()
                .add(new AcknowledgePartition().setPartitionIndex(0).setAcknowledgementBatches(List.of(batches)));
        var data = new ShareAcknowledgeRequestData()
                .setGroupId("g")
                .setMemberId(ONE)
                .setShareSessionEpoch(epoch);
        data.topics().add(topic);
        var answer = client.ask(new ShareAcknowledgeRequest(data, VERSION), ShareAcknowledgeResponse.class);
        short code = answer.data().errorCode();
        return Errors.forCode(
                code != 0
                        ? code
                        : answer.data()
                                .responses()
                                .iterator()
                                .next()
                                .partitions()
                                .getFirst()
                                .errorCode());
    }

    private static PartitionData only(ShareFetchResponseData answer) {
        return answer.responses().iterator().next().partitions().getFirst();
    }

    /// Which offsets the member has.
    private static List<Long> offsets(ShareFetchResponseData answer) {
        var offsets = new ArrayList<Long>();
        answer.responses()
                .forEach(topic -> topic.partitions()
                        .forEach(partition -> partition.acquiredRecords().forEach(range -> {
                            for (long offset = range.firstOffset(); offset <= range.lastOffset(); offset++) {
                                offsets.add(offset);
                            }
                        })));
        return offsets;
    }

    private static List<String> valuesOf(PartitionData partition) {
        var values = new ArrayList<String>();
        for (Record record : ((Records) partition.records()).records()) {
            values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
        }
        return values;
    }
}
