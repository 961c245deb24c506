package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.broker.topic.TimedOffset;
import io.posthorn.log.RecordBatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How long a partition keeps what it has, and what it knows of the times of its records.
class KeptPartitionTest {
    private static final long HOUR = 60 * 60 * 1000L;
    private static final long DAY = 24 * HOUR;
    private static final long BATCH = 100_000;

    private ShardWorld world = new ShardWorld(new FakeStorage());

    @Test
    void aTopicKeepsAWeekByTheTimesOfItsRecords() {
        topic(Map.of());
        append(now() - 6 * DAY, "a");
        pass(3 * HOUR);
        append(now(), "b");
        pass(2 * DAY);
        assertThat(bounds().start()).isEqualTo(1);
        pass(4 * DAY);
        assertThat(bounds().start()).isEqualTo(1);
        pass(2 * DAY);
        assertThat(bounds()).isEqualTo(new PartitionBounds(2, 2, 2));
    }

    @Test
    void recordsOfLastYearStayLongEnoughToBeRead() {
        topic(Map.of());
        append(now() - 365 * DAY, "a");
        pass(60_000);
        assertThat(bounds().start()).isZero();
        pass(5 * 60_000);
        assertThat(bounds().start()).isEqualTo(1);
    }

    @Test
    void aTopicKeepsAtLeastTheBytesItIsToKeep() {
        topic(Map.of("retention.bytes", "" + 10 * BATCH, "retention.ms", "-1"));
        for (int i = 0; i < 100; i++) {
            append(now(), "x".repeat((int) BATCH));
        }
        long kept = bounds().highWatermark() - bounds().start();
        assertThat(kept).isBetween(10L, 12L);
        pass(1000 * DAY);
        assertThat(bounds().start()).isEqualTo(100 - kept);
    }

    @Test
    void whatIsNotDurableYetIsNotGivenUp() {
        topic(Map.of("retention.ms", "-1"));
        RecordBatch batch = Produced.batch(now(), "x".repeat((int) BATCH));
        for (int i = 0; i < 10; i++) {
            world.append("q", batch, new AppendRule(true, AppendRule.Origin.CLIENT));
            world.run();
            configure(Map.of("retention.bytes", "" + BATCH, "retention.ms", "-1"));
        }
        assertThat(bounds()).isEqualTo(new PartitionBounds(0, 0, 0));
        sync();
        assertThat(bounds().start()).isPositive().isLessThan(bounds().highWatermark());
    }

    @Test
    void whatIsCompactedOnlyIsKept() {
        topic(Map.of("cleanup.policy", "compact", "retention.ms", "1000", "retention.bytes", "1"));
        for (int i = 0; i < 10; i++) {
            append(now(), "x".repeat(1000));
        }
        pass(1000 * DAY);
        assertThat(bounds().start()).isZero();
    }

    @Test
    void whatATopicIsConfiguredWithTakesEffectAtOnce() {
        topic(Map.of("retention.ms", "-1"));
        append(now(), "a");
        pass(1000 * DAY);
        assertThat(bounds().start()).isZero();
        configure(Map.of("retention.ms", "1000"));
        pass(1000);
        assertThat(bounds().start()).isEqualTo(1);
        configure(Map.of("retention.ms", "no number"));
        append(now(), "b");
        pass(6 * DAY);
        assertThat(bounds().start()).isEqualTo(1);
    }

    @Test
    void theFirstRecordOfATimeIsFoundWhereverItLies() {
        topic(Map.of("retention.ms", "-1", "segment.ms", "1"));
        long start = now();
        for (int i = 0; i < 50; i++) {
            append(start + i * 1000L, "a" + i, "b" + i);
            pass(10);
        }
        for (int how = 0; how < 4; how++) {
            assertThat(firstSince(0)).contains(new TimedOffset(0, start));
            assertThat(firstSince(start + 7000)).contains(new TimedOffset(14, start + 7000));
            assertThat(firstSince(start + 7001)).contains(new TimedOffset(16, start + 8000));
            assertThat(firstSince(start + 49_001)).isEmpty();
            assertThat(greatest()).contains(new TimedOffset(98, start + 49_000));
            restart(how);
        }
    }

    @Test
    void timesThatGoBackAreFoundInTheOrderOfOffsets() {
        topic(Map.of("retention.ms", "-1", "segment.ms", "1"));
        long start = now();
        append(start + 5000, "a");
        pass(10);
        append(start + 1000, "b");
        pass(10);
        append(start + 9000, "c");
        pass(10);
        append(start + 2000, "d");
        for (int how = 0; how < 4; how++) {
            assertThat(firstSince(start + 500)).contains(new TimedOffset(0, start + 5000));
            assertThat(firstSince(start + 6000)).contains(new TimedOffset(2, start + 9000));
            assertThat(greatest()).contains(new TimedOffset(2, start + 9000));
            restart(how);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "stream"})
    void timesAreFoundInEveryKindOfQueue(String kind) {
        world.declare("q", Map.of("x-queue-type", kind));
        append(1000, "a");
        append(2000, "b");
        assertThat(firstSince(1500)).contains(new TimedOffset(1, 2000));
        assertThat(greatest()).contains(new TimedOffset(1, 2000));
    }

    @Test
    void whoReadsWhatIsCommittedFindsNoTimeBehindIt() {
        topic(Map.of());
        append(now(), "a");
        append(Produced.transactional(7, 0, 0, "open"));
        assertThat(search(now() + 1, Isolation.READ_COMMITTED)).isEmpty();
        assertThat(search(0, Isolation.READ_COMMITTED)).contains(new TimedOffset(0, now()));
    }

    @Test
    void whatIsDeletedIsGoneForGood() {
        topic(Map.of());
        append(now(), "a", "b", "c");
        append(now(), "d");
        var answer = deleteBefore(2);
        assertThat(answer.get()).isEqualTo(2);
        assertThat(bounds()).isEqualTo(new PartitionBounds(2, 4, 4));
        restart(1);
        assertThat(bounds().start()).isEqualTo(2);
        assertThat(deleteBefore(1).get()).isEqualTo(2);
        assertThat(deleteBefore(5).failure()).isInstanceOf(BrokerException.OffsetOutOfRange.class);
        assertThat(deleteBefore(-1).get()).isEqualTo(4);
        assertThat(append(now(), "e")).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "stream"})
    void thatSomethingIsDeletedIsConfirmedOnceItIsDurable(String kind) {
        world.declare("q", Map.of("x-queue-type", kind));
        append(now(), "a", "b");
        int before = world.storage().entries();
        var answer = askToDeleteBefore(1);
        world.storage().syncTo(before);
        world.run();
        assertThat(answer.isThere()).isFalse();
        sync();
        assertThat(answer.get()).isEqualTo(1);
    }

    @Test
    void whatTheJournalDoesNotTakeIsNotConfirmedAsDeleted() {
        world.declare("q");
        append(now(), "a", "b");
        world.storage().failSync();
        var answer = askToDeleteBefore(1);
        sync();
        assertThat(answer.failure()).isInstanceOf(BrokerException.StorageFailed.class);
    }

    @Test
    void aWorkQueueIsPurgedUpToThereAndKeepsWhatIsDelivered() {
        world.declare("q");
        var taker = world.consume("q", 1);
        append(now(), "a", "b");
        append(now(), "c", "d");
        assertThat(taker.tookNow()).containsExactly("a");
        assertThat(deleteBefore(3).get()).isZero();
        assertThat(world.status("q").ready()).isEqualTo(1);
        var first = new OffsetRanges();
        first.add(0, 1);
        world.settle("q", taker, Outcome.ACCEPTED, first);
        sync();
        assertThat(taker.tookNow()).containsExactly("d");
        assertThat(bounds().start()).isEqualTo(3);
    }

    /// Ten times as many as a chunk has.
    @Test
    void aChunkKnowsItsBytesAfterACrash() {
        topic(Map.of("retention.bytes", "" + 10 * BATCH, "retention.ms", "-1"));
        for (int i = 0; i < 30; i++) {
            append(now(), "x".repeat((int) BATCH));
            if (i % 7 == 0) {
                restart(1 + i % 3);
            }
        }
        assertThat(bounds().highWatermark() - bounds().start()).isBetween(10L, 12L);
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

    private long now() {
        return world.time().millis();
    }

    private void pass(long millis) {
        world.time().pass(millis);
        sync();
    }

    private void restart(int how) {
        if (how == 2) {
            world.snapshot();
            sync();
        }
        world = how == 0 ? world.stopAndStart() : world.crashAndStart();
        world.run();
    }

    private long append(long timestamp, String... values) {
        return append(Produced.batch(timestamp, values));
    }

    private long append(RecordBatch batch) {
        var answer = world.append("q", batch, new AppendRule(true, AppendRule.Origin.CLIENT));
        sync();
        return answer.get().baseOffset();
    }

    private Optional<TimedOffset> firstSince(long timestamp) {
        return search(timestamp, Isolation.READ_UNCOMMITTED);
    }

    private Optional<TimedOffset> search(long timestamp, Isolation isolation) {
        var answer = new Answer<Optional<TimedOffset>>();
        world.shard().submit(new Command.FirstSince(world.queue("q"), timestamp, isolation, answer));
        world.run();
        return answer.get();
    }

    private Optional<TimedOffset> greatest() {
        var answer = new Answer<Optional<TimedOffset>>();
        world.shard().submit(new Command.GreatestTimestamp(world.queue("q"), Isolation.READ_UNCOMMITTED, answer));
        world.run();
        return answer.get();
    }

    private Answer<Long> deleteBefore(long offset) {
        var answer = askToDeleteBefore(offset);
        sync();
        return answer;
    }

    private Answer<Long> askToDeleteBefore(long offset) {
        var answer = new Answer<Long>();
        world.shard().submit(new Command.DeleteBefore(world.queue("q"), offset, answer));
        world.run();
        return answer;
    }

    private void sync() {
        world.run();
        world.storage().sync();
        world.run();
    }

    private PartitionBounds bounds() {
        return Objects.requireNonNull(world.queue("q").live()).bounds();
    }
}
