package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.topic.Isolation;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What cannot be read for a while is neither passed over nor the end of a queue.
class UnreadableDiskTest {
    private final ShardWorld world = new ShardWorld(new FakeStorage().syncsAtOnce());

    @ParameterizedTest
    @ValueSource(strings = {"fifo", "lifo"})
    void aQueueWaitsForItsMessages(String order) {
        threeThatCannotBeRead("x-delivery-order", order);
        var consumer = world.consume("q", 0);
        world.run();
        world.time().pass(5_000);
        world.run();
        assertThat(consumer.deliveries()).isEmpty();
        assertThat(world.status("q").ready()).isEqualTo(3);

        world.storage().unreadable.clear();
        world.time().pass(1_000);
        world.run();
        assertThat(consumer.tookNow()).containsExactlyInAnyOrder("0", "1", "2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "stream"})
    void whoReadsByOffsetsIsToldAndMissesNothing(String type) {
        threeThatCannotBeRead("x-queue-type", type);
        var live = Objects.requireNonNull(world.queue("q").live());
        assertThatThrownBy(() -> live.read(0, 1_000, Isolation.READ_UNCOMMITTED))
                .isInstanceOf(BrokerException.StorageFailed.class);

        world.storage().unreadable.clear();
        try (var slice = live.read(0, 1_000_000, Isolation.READ_UNCOMMITTED)) {
            assertThat(slice.batches().getFirst().baseOffset()).isZero();
        }
    }

    private void threeThatCannotBeRead(String argument, String value) {
        Map<String, @Nullable Object> arguments = Map.of(argument, value);
        world.declare("q", arguments);
        world.publish("q", 3, true);
        world.run();
        world.storage().makeCold();
        world.storage().unreadable.addAll(world.storage().logs());
    }
}
