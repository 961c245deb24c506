package io.posthorn.protocol.kafka.fetch;

import static io.posthorn.protocol.kafka.TestRequests.fetch;
import static io.posthorn.protocol.kafka.TestRequests.only;
import static io.posthorn.protocol.kafka.TestRequests.partition;
import static io.posthorn.protocol.kafka.TestRequests.produce;
import static io.posthorn.protocol.kafka.TestRequests.records;
import static io.posthorn.protocol.kafka.TestRequests.request;
import static io.posthorn.protocol.kafka.TestRequests.topic;
import static io.posthorn.protocol.kafka.TestRequests.valuesOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Partition;
import io.posthorn.log.StorageOptions;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.KafkaWorld;
import io.posthorn.protocol.kafka.RawKafka;
import io.posthorn.protocol.kafka.TestTopics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is read for clients, from a topic that has left the memory.
class ReadBuffersTest {
    private static final String VALUE = "x".repeat(5_000);
    private static final int SMALL_ONES = 120;
    private static final int READ = 64 * 1024;
    private static final int LIMIT = 4 * 1024 * 1024;

    /// What is written leaves the journal soon, for blocks that are read as a whole.
    private final KafkaWorld world = new KafkaWorld(
            KafkaSettings.DEFAULTS,
            1,
            StorageOptions.inMemory().withJournalCapacity(4 << 20).withTailBudget(1 << 18));

    private final TestTopics topics = new TestTopics(world);
    private final ReadBuffers buffers = new ReadBuffers(LIMIT);
    private final List<FoundRecords> found = new ArrayList<>();
    private Partition partition;

    @BeforeEach
    void fill() throws IOException {
        partition = topics.create("t").partitions().getFirst();
        try (var client = world.connect()) {
            for (int i = 0; i < SMALL_ONES; i++) {
                append(client, VALUE);
            }
            for (int i = 0; i < 16; i++) {
                append(client, "x".repeat(500_000));
            }
        }
    }

    private static void append(RawKafka client, String value) throws IOException {
        assertThat(only(client.ask(produce(9, -1, "t", 0, records(value)), ProduceResponse.class))
                        .errorCode())
                .isZero();
    }

    @AfterEach
    void close() {
        found.forEach(FoundRecords::close);
        assertThat(buffers.held()).isZero();
        topics.close();
        world.close();
    }

    @Test
    void whoTakesLittleOfWhatIsReadKeepsLittleOfIt() {
        long sent = 0;
        for (int i = 0; i < SMALL_ONES; i++) {
            FoundRecords one = read(i, 1);
            assertThat(one.count()).isEqualTo(1);
            sent += one.sizeInBytes();
        }

        assertThat(sent).isGreaterThan(500_000);
        assertThat(buffers.held()).isBetween(sent, 2 * sent);
    }

    @Test
    void asMuchCountsAsIsKeptAndNotAsIsSent() {
        long kept = 0;
        for (int i = 0; i < 10; i++) {
            kept += read(i, 30 * VALUE.length()).held();
        }
        assertThat(buffers.held()).isBetween(kept, kept + kept / 4);
    }

    @Test
    void whoeverReadsAtOnceKeepsNoMoreThanThereIs() throws Exception {
        var reads = new ArrayList<Future<FoundRecords>>();
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 300; i++) {
                long offset = i % 100;
                reads.add(readers.submit(
                        () -> buffers.read(topics.topics(), partition, offset, READ, Isolation.READ_UNCOMMITTED)));
            }
        }
        long records = 0;
        for (Future<FoundRecords> read : reads) {
            found.add(read.get());
            records += read.get().count();
        }

        // Some have found no room, and have it all the same.
        assertThat(records).isGreaterThan(300 * READ / VALUE.length() / 2);
        assertThat(buffers.held()).isBetween(LIMIT / 2L, (long) LIMIT);
    }

    @Test
    void whatCannotBeReadNowIsToldAndIsThereLater() throws IOException {
        world.store().setUnreadable(true);
        try (var client = world.connect()) {
            var wanted = request(12, fetch(0, topic("t", partition(0, 0))));
            assertThat(only(client.ask(wanted, FetchResponse.class)).errorCode())
                    .isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());

            world.store().setUnreadable(false);
            var answer = only(client.ask(wanted, FetchResponse.class));
            assertThat(answer.errorCode()).isZero();
            assertThat(valuesOf(answer)).contains(VALUE);
        }
    }

    private FoundRecords read(long offset, int bytes) {
        FoundRecords one = buffers.read(topics.topics(), partition, offset, bytes, Isolation.READ_UNCOMMITTED);
        found.add(one);
        return one;
    }
}
