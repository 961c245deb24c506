package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.BrokerWorld.TestConsumer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReplyAddressTest {
    private final BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());
    private final HandExecutor elsewhere = new HandExecutor(false);
    private final Client responder = world.connect();

    @Test
    void aReplyComesStraightToTheRequesterAndIsReceiptedAtOnce() {
        Client requester = world.connect();
        var replies = new TestConsumer(requester.session);
        ReplyAddress address = requester.session.replyAddress(replies);

        assertThat(responder.publish("", address.name(), "reply", 5)).isEqualTo(1);
        assertThat(replies.bodies()).containsExactly("reply");
        assertThat(replies.arrived.getFirst().message().routingKey()).isEqualTo(address.name());
        assertThat(responder.accepted).containsExactly(5L);
    }

    @Test
    void aReplyFromAnotherThreadIsHandedOverInOrder() {
        Client requester = world.connect(elsewhere);
        var replies = new TestConsumer(requester.session);
        ReplyAddress address = requester.session.replyAddress(replies);

        responder.publish("", address.name(), "one", 1);
        responder.publish("", address.name(), "two", 2);
        assertThat(replies.bodies()).isEmpty();
        elsewhere.runAll();
        assertThat(replies.bodies()).containsExactly("one", "two");
        assertThat(world.broker.memory().heldBytes())
                .isEqualTo(world.storage.health().tailBytes());
    }

    @Test
    void nothingIsThereAfterTheAddressWasClosedOrItsSessionHasEnded() {
        Client requester = world.connect(elsewhere);
        var replies = new TestConsumer(requester.session);
        ReplyAddress closed = requester.session.replyAddress(replies);
        ReplyAddress ended = requester.session.replyAddress(replies);
        responder.publish("", closed.name(), "under way", 1);
        closed.close();
        requester.session.close();
        elsewhere.runAll();

        assertThat(replies.bodies()).isEmpty();
        assertThat(responder.publish("", closed.name(), "late", 2)).isZero();
        assertThat(responder.publish("", ended.name(), "late", 3)).isZero();
        var status = new Answer<QueueStatus>();
        responder.session.queueStatus(ended.name(), status);
        assertThat(status.failure()).isInstanceOf(BrokerException.NotFound.class);
        assertThat(world.broker.replies().count()).isZero();
        assertThat(world.broker.memory().heldBytes())
                .isEqualTo(world.storage.health().tailBytes());
    }

    @Test
    void aRequesterThatDoesNotReadKeepsALimitedNumberAndTheRestIsDropped() {
        Client requester = world.connect();
        var replies = new TestConsumer(requester.session);
        replies.welcome = false;
        ReplyAddress address = requester.session.replyAddress(replies);
        String body = "x".repeat(1 << 20);
        for (int i = 0; i < 10; i++) {
            assertThat(responder.publish("", address.name(), body, i)).isEqualTo(1);
        }
        assertThat(replies.arrived).hasSize(1);

        replies.welcome = true;
        address.resume();
        assertThat(replies.arrived).hasSize(4);
        assertThat(responder.accepted).hasSize(10);
    }

    @Test
    void aPausedChannelGetsItsRepliesWhenItGoesOn() {
        Client requester = world.connect();
        var replies = new TestConsumer(requester.session);
        ReplyAddress address = requester.session.replyAddress(replies);
        var credit = new SharedCredit();
        credit.pause();
        address.share(credit, new Answer<>());
        responder.publish("", address.name(), "reply", 1);
        assertThat(replies.bodies()).isEmpty();

        credit.resume();
        address.resume();
        assertThat(replies.bodies()).containsExactly("reply");
    }

    @Test
    void noAddressIsLikeAnotherAndAnotherExchangeDoesNotKnowThem() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            names.add(responder
                    .session
                    .replyAddress(new TestConsumer(responder.session))
                    .name());
        }
        assertThat(names).hasSize(1_000).allMatch(name -> name.matches("amq\\.rabbitmq\\.reply-to\\.[\\w-]{22}"));
        assertThat(responder.publish("amq.direct", names.iterator().next(), "x", 1))
                .isZero();
    }
}
