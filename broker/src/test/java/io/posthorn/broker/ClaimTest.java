package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// An operator takes single messages out of a queue, and nobody else gets them meanwhile.
class ClaimTest {
    private final FakeStorage storage = new FakeStorage().syncsAtOnce();
    private final BrokerWorld world = new BrokerWorld(storage);
    private final Client client = world.connect();
    private final ConsumerHandle owner = client.session.getter();

    private void fill(Map<String, Object> arguments) {
        client.declare("q", arguments);
        for (int i = 0; i < 10; i++) {
            client.publish("", "q", "m" + i, i);
        }
        client.session.flush();
        world.run();
    }

    private List<Long> claim(Long... ids) {
        var answer = new Answer<List<Long>>();
        client.session.claim("q", List.of(ids), owner, answer);
        world.run();
        return answer.get();
    }

    private List<BrowsedMessage> look(MessageState state) {
        var answer = new Answer<BrowsePage>();
        client.session.browse("q", state, 0, 100, answer);
        world.run();
        return answer.get().messages();
    }

    private static List<String> bodies(List<BrowsedMessage> messages) {
        return messages.stream().map(each -> each.message().body().toUtf8()).toList();
    }

    static List<Map<String, Object>> orders() {
        return List.of(
                Map.of(),
                Map.of("x-delivery-order", "lifo"),
                Map.of("x-max-priority", 3),
                Map.of("x-fair-limit", 2),
                Map.of("x-max-length", 100),
                Map.of("x-queue-type", "quorum"));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void whatIsClaimedIsNobodyElsesUntilItIsGivenBack(Map<String, Object> arguments) {
        fill(arguments);
        assertThat(claim(2L, 5L, 9L, 12L)).containsExactly(2L, 5L, 9L);
        assertThat(claim(5L)).as("once more").isEmpty();
        assertThat(bodies(look(MessageState.UNSETTLED))).containsExactly("m2", "m5", "m9");
        assertThat(client.status("q").unsettled()).isEqualTo(3);
        assertThat(client.status("q").ready()).isEqualTo(7);

        var consumer = world.connect().consume("q", 0);
        world.run();
        consumer.settleAll(Outcome.ACCEPTED);
        world.run();
        assertThat(consumer.bodies()).hasSize(7).doesNotContain("m2", "m5", "m9");

        var queue = look(MessageState.UNSETTLED).getFirst().queue();
        client.session.settle(owner, queue, 5, Outcome.ACCEPTED);
        client.session.settle(owner, queue, 2, Outcome.RELEASED);
        client.session.flush();
        world.run();
        assertThat(consumer.bodies()).hasSize(8).contains("m2");
        owner.close();
        world.run();
        assertThat(consumer.bodies()).hasSize(9).contains("m9").doesNotContain("m5");
    }

    @Test
    void whatWasTakenOrSettledBeforeIsNotClaimed() {
        fill(Map.of());
        var consumer = client.consume("q", 3);
        world.run();
        client.session.settle(consumer.handle(), consumer.arrived.getFirst().queue(), 1, Outcome.ACCEPTED);
        client.session.flush();
        world.run();
        assertThat(claim(0L, 1L, 2L, 3L, 4L, 5L)).containsExactly(4L, 5L);
    }

    @Test
    void claimedMessagesAreThereAgainAfterACrash() {
        fill(Map.of());
        claim(3L);
        client.session.settle(owner, look(MessageState.UNSETTLED).getFirst().queue(), 3, Outcome.ACCEPTED);
        claim(4L);
        var after = new BrokerWorld(storage.crash().syncsAtOnce());
        var consumer = after.connect().consume("q", 0);
        after.run();
        assertThat(consumer.bodies()).contains("m4").hasSizeGreaterThanOrEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void claimsAndDeliveriesNeverGiveAMessageTwice(long seed) {
        var random = new Random(seed);
        fill(Map.of());
        var taken = new ArrayList<Long>();
        for (int i = 0; i < 10; i++) {
            if (random.nextBoolean()) {
                taken.addAll(claim((long) random.nextInt(10), (long) random.nextInt(10)));
            } else {
                var got = new Answer<Optional<Delivery>>();
                client.session.get("q", false, owner, got);
                world.run();
                got.get().ifPresent(delivery -> taken.add(delivery.deliveryId()));
            }
        }
        assertThat(taken).doesNotHaveDuplicates();
        assertThat(client.status("q").unsettled()).isEqualTo(taken.size());
    }

    @Test
    void nothingIsTakenOutOfAStream() {
        client.declare("q", Map.of("x-queue-type", "stream"));
        var answer = new Answer<List<Long>>();
        client.session.claim("q", List.of(0L), owner, answer);
        world.run();
        assertThat(answer.failure()).isInstanceOf(BrokerException.NotImplemented.class);
    }
}
