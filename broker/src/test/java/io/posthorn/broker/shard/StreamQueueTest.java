package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.queue.ConsumerSettings;
import io.posthorn.broker.queue.OffsetRanges;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A stream: kept, and read by each consumer for itself.
class StreamQueueTest {
    private ShardWorld world = new ShardWorld(new FakeStorage());

    @Test
    void everyConsumerGetsEveryMessageWithItsOffset() {
        declare(Map.of());
        var one = consume("first");
        var two = consume("first");
        publish(3);
        assertThat(one.deliveries()).extracting(Delivery::streamOffset).containsExactly(0L, 1L, 2L);
        assertThat(two.deliveries()).extracting(Delivery::redelivered).containsExactly(false, false, false);
        assertThat(world.status("q").ready()).isEqualTo(3);
        assertThat(world.status("q").unsettled()).isEqualTo(6);
        assertThat(world.status("q").type()).isEqualTo("stream");
    }

    @Test
    void nothingIsShownBeforeItIsDurableNotEvenTransientMessages() {
        declare(Map.of());
        var taker = consume("first");
        world.publish("q", 2, false);
        world.run();
        assertThat(taker.tookNow()).isEmpty();
        assertThat(world.accepted).isEmpty();
        syncAndRun();
        assertThat(taker.tookNow()).containsExactly("0", "1");
        assertThat(world.accepted).containsExactly(1L, 2L);
    }

    @Test
    void aConsumerBeginsWhereItWants() {
        declare(Map.of());
        publish(5);
        assertThat(consumed("first")).containsExactly("0", "1", "2", "3", "4");
        assertThat(consumed("last")).containsExactly("4");
        assertThat(consumed("next")).isEmpty();
        assertThat(consumed(null)).isEmpty();
        assertThat(consumed(3)).containsExactly("3", "4");
        assertThat(consumed(4L)).containsExactly("4");
        assertThat(consumed(-7)).containsExactly("0", "1", "2", "3", "4");
        assertThat(consumed(99)).isEmpty();
        publish(1);
        assertThat(world.takers().get(2).tookNow()).containsExactly("5");
        assertThat(world.takers().getLast().tookNow()).containsExactly("5");
    }

    @Test
    void timesAndIntervalsFindWhatWasAppendedSince() {
        declare(Map.of());
        publish(2);
        world.time().pass(60_000);
        Instant between = world.time().instant();
        world.time().pass(60_000);
        publish(2);
        assertThat(consumed(between)).containsExactly("2", "3");
        assertThat(consumed("90s")).containsExactly("2", "3");
        assertThat(consumed("2m")).containsExactly("0", "1", "2", "3");
        assertThat(consumed("1Y")).containsExactly("0", "1", "2", "3");
        assertThat(consumed(Instant.EPOCH)).containsExactly("0", "1", "2", "3");
        assertThat(consumed(world.time().instant().plusMillis(1))).isEmpty();
        assertThat(consumed(Instant.MAX)).isEmpty();
        world = world.crashAndStart();
        assertThat(consumed(between)).containsExactly("2", "3");
        world.snapshot();
        world.run();
        world.storage().sync();
        world = world.stopAndStart();
        assertThat(consumed(between)).containsExactly("2", "3");
    }

    @Test
    void settlingOnlyMakesRoomForMore() {
        declare(Map.of());
        publish(6);
        var taker = world.consume("q", 2, settings("first"));
        world.run();
        List<Delivery> held = taker.deliveries();
        assertThat(held).extracting(Delivery::streamOffset).containsExactly(0L, 1L);
        world.settle("q", taker, Outcome.ACCEPTED, held.getFirst());
        world.run();
        assertThat(taker.tookNow()).containsExactly("2");
        world.settle("q", taker, Outcome.RELEASED, held.getLast());
        world.run();
        assertThat(taker.tookNow()).containsExactly("3");
        assertThat(world.status("q").ready()).isEqualTo(6);
        assertThat(world.status("q").unsettled()).isEqualTo(2);
        world.close("q", taker);
        assertThat(world.status("q").unsettled()).isZero();
    }

    @Test
    void settlingInATransactionTakesNothingAwayEither() {
        declare(Map.of());
        publish(1_000);
        var taker = consume("first");
        assertThat(taker.deliveries()).hasSize(1_000);
        var all = new OffsetRanges();
        all.add(0, 1_000);
        var reply = world.commit("q", taker, all);
        syncAndRun();
        assertThat(reply.get()).isEqualTo(Done.DONE);
        assertThat(world.status("q").unsettled()).isZero();
        world = world.stopAndStart();
        assertThat(world.status("q").ready()).isEqualTo(1_000);
        assertThat(consumed("first")).hasSize(1_000);
    }

    @Test
    void aSlowConsumerHoldsNobodyBack() {
        declare(Map.of());
        var slow = world.consume("q", 1, settings("first"));
        var stuck = consume("first");
        stuck.welcome = false;
        var quick = consume("first");
        for (int i = 0; i < 50; i++) {
            publish(100);
        }
        assertThat(slow.tookNow()).containsExactly("0");
        assertThat(stuck.tookNow()).containsExactly("0");
        assertThat(quick.tookNow()).hasSize(5_000);
    }

    @Test
    void coldConsumersReadAhead() {
        declare(Map.of());
        publish(500);
        world.storage().makeCold();
        var one = consume("first");
        var two = consume(400);
        assertThat(one.tookNow()).hasSize(500);
        assertThat(two.tookNow()).hasSize(100);
    }

    @Test
    void aColdConsumerThatTakesNothingKeepsNoMemory() {
        declare(Map.of());
        publish(500);
        world.storage().makeCold();
        var slow = world.consume("q", 1, settings("first"));
        world.run();
        assertThat(world.memory().heldBytes()).isPositive();
        world.time().pass(1_000);
        world.run();
        world.time().pass(1_000);
        world.run();
        assertThat(world.memory().heldBytes()).isZero();
        world.settle("q", slow, Outcome.ACCEPTED, slow.deliveries().getFirst());
        world.run();
        assertThat(slow.tookNow()).containsExactly("1");
        world.close("q", slow);
        world.run();
        assertThat(world.memory().heldBytes()).isZero();
    }

    @Test
    void offsetsSurviveEveryKindOfRestart() {
        declare(Map.of());
        publish(3);
        world = world.stopAndStart();
        publish(2);
        world = world.crashAndStart();
        publish(1);
        world = world.killAndStart();
        var taker = consume("first");
        assertThat(taker.deliveries())
                .extracting(d -> d.message().body().toUtf8() + "@" + d.streamOffset() + d.redelivered())
                .containsExactly("0@0false", "1@1false", "2@2false", "0@3false", "1@4false", "0@5false");
    }

    @Test
    void chunksAreGivenUpWhenThereAreTooManyBytes() {
        declare(Map.of("x-max-length-bytes", 10_000));
        for (int i = 0; i < 500; i++) {
            publish(1);
        }
        var status = world.status("q");
        assertThat(status.ready()).isBetween(80L, 140L);
        assertThat(consumed("first")).first().isEqualTo("" + (500 - status.ready()));
        world = world.crashAndStart();
        assertThat(world.status("q").ready()).isEqualTo(status.ready());
        for (int i = 0; i < 500; i++) {
            publish(1);
        }
        assertThat(world.status("q").ready()).isBetween(80L, 140L);
    }

    @Test
    void whatIsTooOldIsGivenUpAlsoWhenNobodyPublishes() {
        declare(Map.of("x-max-age", "1h"));
        publish(3);
        world.time().pass(1_800_000);
        publish(2);
        world.time().pass(1_799_999);
        world.run();
        assertThat(world.status("q").ready()).isEqualTo(5);
        world.time().pass(1_000);
        world.run();
        assertThat(world.status("q").ready()).isEqualTo(2);
        assertThat(consumed("first")).containsExactly("3", "4");
        world = world.stopAndStart();
        world.shard().signal();
        world.run();
        world.time().pass(1_800_000);
        world.run();
        assertThat(world.status("q").ready()).isZero();
        publish(1);
        assertThat(consume("first").deliveries())
                .extracting(Delivery::streamOffset)
                .containsExactly(5L);
    }

    @Test
    void aConsumerBehindWhatIsKeptGoesOnWithTheFirstThatIs() {
        declare(Map.of("x-max-age", "1h"));
        publish(10);
        world.time().pass(3_599_000);
        var slow = world.consume("q", 2, settings("first"));
        world.run();
        List<Delivery> held = slow.deliveries();
        publish(3);
        world.time().pass(1_000);
        world.run();
        assertThat(world.status("q").ready()).isEqualTo(3);
        held.forEach(delivery -> world.settle("q", slow, Outcome.ACCEPTED, delivery));
        world.run();
        assertThat(slow.deliveries()).extracting(Delivery::streamOffset).containsExactly(10L, 11L);
        assertThat(world.shard().statistics().missed()).isEqualTo(8);
    }

    @Test
    void whatAStreamCannotDoIsRefusedAsRabbitMqDoes() {
        declare(Map.of());
        assertThat(refusal(world.consume("q", 0, false, false, done()), 0))
                .isEqualTo("consumer prefetch count is not set for 'queue 'q' in vhost '/''");
        assertThat(refusal(world.consume("q", 1, true, false, done()), 1))
                .isEqualTo("automatic acknowledgement not supported by stream queues queue 'q' in vhost '/'");
        var get = world.get("q");
        world.run();
        assertThat(get.reply().failure())
                .isInstanceOf(BrokerException.NotImplemented.class)
                .hasMessage("basic.get not supported by stream queues queue 'q' in vhost '/'");
        var purge = world.askPurge("q");
        world.run();
        assertThat(purge.failure())
                .isInstanceOf(BrokerException.NotImplemented.class)
                .hasMessage("queue.purge not supported by stream queues queue 'q' in vhost '/'");
        assertThatThrownBy(() -> settings("1x"))
                .isInstanceOf(BrokerException.PreconditionFailed.class)
                .hasMessage("invalid arg 'x-stream-offset' for queue 'q' in vhost '/':"
                        + " {invalid_stream_offset_arg,{longstr,<<\"1x\">>}}");
        for (Object senseless : List.of("", "h", "-1h", "0h", "1.5h", 1.5, true, List.of())) {
            assertThatThrownBy(() -> settings(senseless)).isInstanceOf(BrokerException.PreconditionFailed.class);
        }
    }

    private final java.util.ArrayList<Answer<Done>> answers = new java.util.ArrayList<>();

    private Answer<Done> done() {
        answers.add(new Answer<>());
        return answers.getLast();
    }

    private @Nullable String refusal(Taker ignored, int answer) {
        world.run();
        assertThat(ignored.tookNow()).isEmpty();
        BrokerException failure = answers.get(answer).failure();
        return failure == null ? null : failure.getMessage();
    }

    private void declare(Map<String, ?> arguments) {
        Map<String, @Nullable Object> all = new HashMap<>(arguments);
        all.put("x-queue-type", "stream");
        world.declare("q", all);
    }

    private void publish(int count) {
        world.publish("q", count, true);
        syncAndRun();
    }

    private void syncAndRun() {
        world.run();
        world.storage().sync();
        world.run();
    }

    private Taker consume(@Nullable Object offset) {
        var taker = world.consume("q", 60_000, settings(offset));
        world.run();
        return taker;
    }

    private List<String> consumed(@Nullable Object offset) {
        return consume(offset).tookNow();
    }

    private static ConsumerSettings settings(@Nullable Object offset) {
        Map<String, @Nullable Object> arguments = new HashMap<>();
        if (offset != null) {
            arguments.put("x-stream-offset", offset);
        }
        return ConsumerSettings.of(new Arguments(arguments), "queue 'q' in vhost '/'", "stream");
    }
}
