package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.queue.ConsumerSettings;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.topic.AbortedTransaction;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LivePartition;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.log.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Batches that their producers number, and their transactions: in queues and streams, and over restarts.
class TransactionalPartitionTest {
    private ShardWorld world = new ShardWorld(new FakeStorage());

    @Test
    void aRetryAfterALostAnswerIsNotAppendedAgainAlsoAfterARestart() {
        world.declare("q");
        assertThat(append(Produced.numbered(7, 0, 0, "a", "b"))).isZero();
        var again = world.append("q", Produced.numbered(7, 0, 0, "a", "b"), true);
        world.run();
        assertThat(again.get().isDuplicate()).isTrue();
        for (int i = 0; i < 3; i++) {
            restart(i);
            again = world.append("q", Produced.numbered(7, 0, 0, "a", "b"), true);
            world.run();
            assertThat(again.get().baseOffset()).isZero();
            assertThat(again.get().isDuplicate()).isTrue();
        }
        assertThat(append(Produced.numbered(7, 0, 2, "c"))).isEqualTo(2);
        var gap = world.append("q", Produced.numbered(7, 0, 4, "e"), true);
        world.run();
        assertThat(gap.failure()).isInstanceOf(BrokerException.ProducerRefused.class);
    }

    @Test
    void aRetryIsAcknowledgedWhenWhatItRepeatsIsDurable() {
        world.declare("q");
        var first = world.append("q", Produced.numbered(7, 0, 0, "a"), true);
        world.run();
        var again = world.append("q", Produced.numbered(7, 0, 0, "a"), true);
        var hasty = world.append("q", Produced.numbered(7, 0, 0, "a"), false);
        world.run();
        assertThat(hasty.get().isDuplicate()).isTrue();
        assertThat(again.isThere()).isFalse();
        sync();
        assertThat(again.get().baseOffset()).isEqualTo(first.get().baseOffset());
        assertThat(bounds().highWatermark()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "stream"})
    void readersOfWhatIsCommittedStopAtTheFirstOpenTransaction(String kind) {
        world.declare("q", Map.of("x-queue-type", kind));
        append(Produced.batch("a"));
        append(Produced.transactional(7, 0, 0, "b"));
        append(Produced.batch("c"));
        assertThat(bounds()).isEqualTo(new PartitionBounds(0, 3, 1));
        assertThat(read(Isolation.READ_COMMITTED)).containsExactly("a");
        assertThat(read(Isolation.READ_UNCOMMITTED)).containsExactly("a", "b", "c");
        world.append("q", Produced.marker(7, 0, 0, false), coordinator());
        world.run();
        assertThat(bounds().lastStable()).isEqualTo(1);
        sync();
        assertThat(bounds()).isEqualTo(new PartitionBounds(0, 4, 4));
        assertThat(live().aborted(0, 4)).containsExactly(new AbortedTransaction(7, 1, 3));
        for (int i = 0; i < 3; i++) {
            restart(i);
            assertThat(bounds()).isEqualTo(new PartitionBounds(0, 4, 4));
            assertThat(live().aborted(0, 4)).containsExactly(new AbortedTransaction(7, 1, 3));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void anOpenTransactionIsOpenAfterARestart(int how) {
        world.declare("q");
        append(Produced.transactional(7, 0, 0, "a"));
        append(Produced.transactional(8, 0, 0, "b"));
        restart(how);
        assertThat(bounds()).isEqualTo(new PartitionBounds(0, 2, 0));
        append(Produced.marker(7, 0, 0, true), coordinator());
        assertThat(bounds().lastStable()).isEqualTo(1);
        restart(how);
        assertThat(bounds().lastStable()).isEqualTo(1);
        append(Produced.marker(8, 0, 0, false), coordinator());
        assertThat(bounds().lastStable()).isEqualTo(4);
        assertThat(live().aborted(0, 4)).containsExactly(new AbortedTransaction(8, 1, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fifo", "lifo", "priority", "fair"})
    void whoTakesMessagesGetsWhatIsCommittedAndNeitherMarkersNorWhatWasAborted(String order) {
        world.declare("q", orderedBy(order));
        var taker = world.consume("q", 100);
        append(Produced.batch("a"));
        append(Produced.transactional(7, 0, 0, "aborted", "too"));
        append(Produced.transactional(8, 0, 0, "b"));
        append(Produced.batch("c"));
        assertThat(taker.tookNow()).containsExactly("a");
        append(Produced.marker(7, 0, 0, false), coordinator());
        assertThat(taker.tookNow()).isEmpty();
        assertThat(world.status("q").ready()).isZero();
        append(Produced.marker(8, 0, 0, true), coordinator());
        assertThat(taker.tookNow()).containsExactlyInAnyOrder("b", "c");
        world.settle("q", taker, Outcome.ACCEPTED, everything());
        world.run();
        assertThat(world.status("q").ready()).isZero();
        assertThat(world.status("q").unsettled()).isZero();
        // Nothing is left over that would keep the log from being trimmed.
        assertThat(bounds().start()).isEqualTo(bounds().highWatermark());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatWasAbortedIsNotTakenAfterARestartEither(int how) {
        world.declare("q");
        append(Produced.batch("a"));
        append(Produced.transactional(7, 0, 0, "aborted"));
        append(Produced.transactional(8, 0, 0, "open"));
        append(Produced.marker(7, 0, 0, false), coordinator());
        restart(how);
        var taker = world.consume("q", 100);
        sync();
        assertThat(taker.tookNow()).containsExactly("a");
        append(Produced.marker(8, 0, 0, true), coordinator());
        assertThat(taker.tookNow()).containsExactly("open");
        restart(how);
        taker = world.consume("q", 100);
        sync();
        assertThat(taker.tookNow()).containsExactly("a", "open");
    }

    @Test
    void aConsumerOfAStreamDoesNotSeeWhatWasAborted() {
        world.declare("q", Map.of("x-queue-type", "stream"));
        var settings = ConsumerSettings.of(new Arguments(Map.of("x-stream-offset", "first")), "q", "stream");
        var taker = world.consume("q", 100, settings);
        append(Produced.transactional(7, 0, 0, "aborted", "too"));
        append(Produced.batch("a"));
        assertThat(taker.tookNow()).isEmpty();
        append(Produced.marker(7, 0, 0, false), coordinator());
        append(Produced.transactional(7, 0, 2, "b"));
        append(Produced.marker(7, 0, 0, true), coordinator());
        assertThat(taker.tookNow()).containsExactly("a", "b");
    }

    @Test
    void aCommandThatSeesEverythingDoesNotWaitForTheEndOfATransaction() {
        world.declare("q");
        append(Produced.transactional(7, 0, 0, "open"));
        var got = world.get("q");
        sync();
        assertThat(got.answer()).isEmpty();
        assertThat(world.status("q").ready()).isZero();
        assertThat(world.purge("q")).isZero();
    }

    @Test
    void whoNumbersItsBatchesIsKnownToThoseWhoAsk() {
        world.declare("q");
        append(Produced.numbered(7, 2, 5, "a"));
        var reply = new Answer<List<ProducerStatus>>();
        world.shard().submit(new Command.Producers(world.queue("q"), reply));
        world.run();
        assertThat(reply.get()).extracting(ProducerStatus::producerId).containsExactly(7L);
        assertThat(reply.get()).extracting(ProducerStatus::lastSequence).containsExactly(5);
    }

    /// Whatever part of the journal a crash leaves: what is known of producers is what the batches say that are there.
    @Test
    void aJournalThatIsCutAnywhereKnowsOfProducersWhatItsBatchesSay() {
        for (int seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            world = new ShardWorld(new FakeStorage());
            world.declare("q", Map.of("x-queue-type", random.nextBoolean() ? "stream" : "classic"));
            int[] sequences = new int[3];
            boolean[] open = new boolean[3];
            for (int i = 0; i < 40; i++) {
                int producer = random.nextInt(3);
                if (open[producer] && random.nextInt(3) == 0) {
                    world.append("q", Produced.marker(producer, 0, 0, random.nextBoolean()), coordinator());
                    open[producer] = false;
                } else {
                    world.append("q", Produced.transactional(producer, 0, sequences[producer]++, "v"), true);
                    open[producer] = true;
                }
                if (random.nextInt(4) == 0) {
                    world.run();
                }
                if (random.nextInt(15) == 0) {
                    world.snapshot();
                }
            }
            world.run();
            for (int kept = 0; kept <= world.storage().entries(); kept++) {
                var cut = world.cutAndStart(kept);
                assertThat(cut.facts()).as("seed %d cut at %d", seed, kept).isEqualTo(cut.factsOfBatches());
            }
        }
    }

    private static Map<String, @Nullable Object> orderedBy(String order) {
        return switch (order) {
            case "lifo" -> Map.of("x-delivery-order", "lifo");
            case "priority" -> Map.of("x-max-priority", 3, "x-max-length-bytes", 1_000_000);
            case "fair" -> Map.of("x-fair-limit", 100);
            default -> Map.of();
        };
    }

    private static OffsetRanges everything() {
        var all = new OffsetRanges();
        all.add(0, Long.MAX_VALUE);
        return all;
    }

    private static AppendRule coordinator() {
        return new AppendRule(true, AppendRule.Origin.COORDINATOR);
    }

    private void restart(int how) {
        if (how == 2) {
            world.snapshot();
            sync();
        }
        world = how == 0 ? world.stopAndStart() : world.crashAndStart();
        world.run();
    }

    private long append(RecordBatch batch) {
        return append(batch, new AppendRule(true, AppendRule.Origin.CLIENT));
    }

    private long append(RecordBatch batch, AppendRule rule) {
        var answer = world.append("q", batch, rule);
        sync();
        return answer.get().baseOffset();
    }

    private void sync() {
        world.run();
        world.storage().sync();
        world.run();
    }

    private LivePartition live() {
        return Objects.requireNonNull(world.queue("q").live());
    }

    private PartitionBounds bounds() {
        return live().bounds();
    }

    private List<@Nullable String> read(Isolation isolation) {
        var values = new ArrayList<@Nullable String>();
        try (PartitionSlice slice = live().read(0, 1 << 20, isolation)) {
            slice.batches().stream()
                    .filter(batch -> !batch.isControl())
                    .forEach(batch -> values.addAll(Produced.values(batch)));
        }
        return values;
    }
}
