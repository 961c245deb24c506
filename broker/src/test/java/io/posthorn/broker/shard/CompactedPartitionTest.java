package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LivePartition;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.log.BatchBuilder;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When a partition is compacted, and what it knows of that.
class CompactedPartitionTest {
    private static final long DAY = 24 * 60 * 60 * 1000L;
    private static final long MINUTE = 60_000;

    private ShardWorld world = new ShardWorld(new FakeStorage());

    @Test
    void theNewestOfEachKeyIsLeftAfterAWhile() {
        topic(Map.of("cleanup.policy", "compact"));
        put("a", "1");
        put("b", "1");
        put("a", "2");
        assertThat(found()).containsExactly("0 a=1", "1 b=1", "2 a=2");

        pass(MINUTE);

        assertThat(found()).containsExactly("1 b=1", "2 a=2");
        assertThat(partition().bounds().start()).isZero();
        assertThat(partition().bounds().highWatermark()).isEqualTo(3);
    }

    @Test
    void whatIsNotToBeCompactedIsNot() {
        topic(Map.of("retention.ms", "-1"));
        put("a", "1");
        put("a", "2");
        pass(DAY);

        assertThat(found()).hasSize(2);
        configure(Map.of("cleanup.policy", "compact"));
        pass(MINUTE);
        assertThat(found()).containsExactly("1 a=2");
    }

    @Test
    void aLittleThatIsNewWaitsForMore() {
        topic(Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.5"));
        for (int i = 0; i < 10; i++) {
            put("k" + i, "1");
        }
        pass(MINUTE);
        put("k0", "2");
        pass(DAY);
        assertThat(found()).hasSize(11);

        for (int i = 0; i < 12; i++) {
            put("k0", "3");
        }
        pass(MINUTE);
        assertThat(found()).hasSize(10).contains("22 k0=3");
    }

    @Test
    void aLittleDoesNotWaitForEver() {
        topic(Map.of("cleanup.policy", "compact", "max.compaction.lag.ms", "" + DAY));
        for (int i = 0; i < 10; i++) {
            put("k" + i, "1");
        }
        pass(MINUTE);
        put("k0", "2");
        pass(DAY / 2);
        assertThat(found()).hasSize(11);
        pass(DAY);
        assertThat(found()).hasSize(10);
    }

    @Test
    void whatIsYoungIsLeftAlone() {
        topic(Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", "" + DAY));
        put("a", "1");
        put("a", "2");
        pass(DAY / 2);
        assertThat(found()).hasSize(2);
        pass(DAY);
        assertThat(found()).containsExactly("1 a=2");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void tombstonesGoADayLaterAlsoAfterARestart(int how) {
        topic(Map.of("cleanup.policy", "compact"));
        put("a", "1");
        put("a", null);
        put("b", "1");
        pass(MINUTE);
        assertThat(found()).containsExactly("1 a=null", "2 b=1");

        restart(how);
        pass(2 * DAY);
        put("b", "2");
        put("b", "3");
        put("b", "4");
        pass(MINUTE);
        assertThat(found()).containsExactly("5 b=4");
    }

    @Test
    void whatHasWaitedForTheTimeOfASegmentIsClosed() {
        world.storage().closesWhenAsked();
        topic(Map.of("cleanup.policy", "compact", "segment.ms", "" + MINUTE));
        put("a", "1");
        put("a", "2");
        pass(MINUTE / 2);
        pass(MINUTE / 4);
        assertThat(found()).hasSize(2);

        pass(MINUTE);
        pass(MINUTE);

        assertThat(found()).containsExactly("1 a=2");
    }

    @Test
    void whatIsAsLongAsASegmentIsClosed() {
        world.storage().closesWhenAsked();
        topic(Map.of("cleanup.policy", "compact", "segment.bytes", "1000"));
        put("a", "1");
        put("a", "2");
        pass(DAY);
        assertThat(found()).hasSize(2);

        put("a", "x".repeat(1000));
        pass(MINUTE);
        pass(MINUTE);

        assertThat(found()).hasSize(1);
    }

    @Test
    void whatTakesItsTimeIsNotHurried() {
        world.storage().closesWhenAsked();
        topic(Map.of("cleanup.policy", "compact"));
        put("a", "1");
        put("a", "2");
        pass(DAY);
        pass(DAY);

        assertThat(found()).hasSize(2);
    }

    @Test
    void nothingOfAnOpenTransactionIsCompacted() {
        topic(Map.of("cleanup.policy", "compact"));
        put("a", "1");
        append(Produced.transactional(7, 0, 0, "x"));
        put("a", "2");
        pass(MINUTE);
        assertThat(found()).contains("0 a=1", "2 a=2");

        append(Produced.marker(7, 0, 0, false), AppendRule.Origin.COORDINATOR);
        pass(10 * MINUTE);
        assertThat(found()).containsExactly("2 a=2", "3 marker");
    }

    private void topic(Map<String, String> config) {
        world.declare("q", arguments(config));
        world.run();
    }

    private static Map<String, @Nullable Object> arguments(Map<String, String> config) {
        var all = new HashMap<String, @Nullable Object>(config);
        all.put("x-queue-type", "topic");
        return all;
    }

    private void configure(Map<String, String> config) {
        var changed = new Command.NewArguments(world.queue("q"), new Arguments(arguments(config)));
        world.shard().submit(new Command.Reconfigure(List.of(changed)));
        world.run();
    }

    private void put(String key, @Nullable String value) {
        var builder = new BatchBuilder();
        builder.add(world.time().millis(), Bytes.utf8(key), value == null ? null : Bytes.utf8(value), List.of());
        append(builder.build());
    }

    private void append(RecordBatch batch) {
        append(batch, AppendRule.Origin.CLIENT);
    }

    private void append(RecordBatch batch, AppendRule.Origin origin) {
        var answer = world.append("q", batch, new AppendRule(true, origin));
        sync();
        assertThat(answer.get().isDuplicate()).isFalse();
    }

    private void pass(long millis) {
        world.time().pass(millis);
        sync();
    }

    private void sync() {
        world.run();
        world.storage().sync();
        world.run();
    }

    private void restart(int how) {
        if (how == 2) {
            world.snapshot();
            sync();
        }
        world = how == 0 ? world.stopAndStart() : world.crashAndStart();
        world.run();
    }

    private LivePartition partition() {
        return Objects.requireNonNull(world.queue("q").live());
    }

    private List<String> found() {
        var found = new ArrayList<String>();
        long end = partition().bounds().highWatermark();
        for (long next = partition().bounds().start(); next < end; ) {
            try (PartitionSlice slice = partition().read(next, 1 << 20, Isolation.READ_UNCOMMITTED)) {
                for (RecordBatch batch : slice.batches()) {
                    RecordCursor records = batch.records();
                    while (records.next()) {
                        found.add(records.offset() + " " + (batch.isControl() ? "marker" : describe(records)));
                    }
                    next = batch.lastOffset() + 1;
                }
            }
        }
        return found;
    }

    private static String describe(RecordCursor records) {
        Bytes key = records.key();
        Bytes value = records.value();
        return (key == null ? null : key.toUtf8()) + "=" + (value == null ? null : value.toUtf8());
    }
}
