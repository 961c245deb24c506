package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Messages are looked at, and nothing happens to them.
class BrowseTest {
    private final BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());
    private final BrokerWorld.Client client = world.connect();

    @Test
    void readyAndUnsettledMessagesAreSeenWithoutTakingThem() {
        declare("q", Map.of());
        publish("q", 5);
        var consumer = client.consume("q", 2);
        world.syncAndRun();
        assertThat(bodies(browse("q", MessageState.READY, 0, 10))).containsExactly("2", "3", "4");
        assertThat(bodies(browse("q", MessageState.UNSETTLED, 0, 10))).containsExactly("0", "1");
        assertThat(client.status("q").ready()).isEqualTo(3);

        consumer.settleAll(Outcome.RELEASED);
        consumer.handle().close();
        world.syncAndRun();
        var ready = browse("q", MessageState.READY, 0, 10);
        assertThat(bodies(ready)).containsExactly("0", "1", "2", "3", "4");
        assertThat(ready.messages().stream().map(BrowsedMessage::redelivered))
                .containsExactly(true, true, false, false, false);
        assertThat(browse("q", MessageState.UNSETTLED, 0, 10).messages()).isEmpty();
    }

    @Test
    void whatWaitsForItsRetryIsSeenAsUnsettled() {
        declare("q", Map.of("x-queue-type", "quorum", "x-delayed-retry-type", "all", "x-delayed-retry-min", 1_000));
        publish("q", 2);
        var consumer = client.consume("q", 1);
        world.syncAndRun();
        consumer.handle().close();
        world.syncAndRun();
        assertThat(bodies(browse("q", MessageState.READY, 0, 10))).containsExactly("1");
        assertThat(bodies(browse("q", MessageState.UNSETTLED, 0, 10))).containsExactly("0");
    }

    @Test
    void aLongQueueIsSeenPageByPage() {
        declare("q", Map.of());
        publish("q", 25);
        var all = new ArrayList<String>();
        long from = 0;
        while (from != BrowsePage.END) {
            var page = browse("q", MessageState.READY, from, 10);
            assertThat(page.messages()).hasSizeLessThanOrEqualTo(10);
            all.addAll(bodies(page));
            from = page.next();
        }
        assertThat(all).hasSize(25).doesNotHaveDuplicates();
    }

    @Test
    void deadLettersAreFoundWhereverTheyWent() {
        declare("dead-1", Map.of());
        declare("dead-2", Map.of());
        client.bind("amq.fanout", "dead-1");
        client.bind("amq.fanout", "dead-2");
        declare("q", Map.of("x-dead-letter-exchange", "amq.fanout"));
        publish("dead-1", 3);
        publish("q", 2);
        var consumer = client.consume("q", 0);
        world.syncAndRun();
        consumer.settleAll(Outcome.REJECTED);
        world.syncAndRun();

        var page = browse("q", MessageState.DEAD, 0, 3);
        assertThat(bodies(page)).containsExactly("0", "1", "0");
        assertThat(page.messages().stream().map(each -> each.queue().name()))
                .containsExactly("dead-1", "dead-1", "dead-2");
        var rest = browse("q", MessageState.DEAD, page.next(), 3);
        assertThat(bodies(rest)).containsExactly("1");
        assertThat(rest.next()).isEqualTo(BrowsePage.END);
    }

    @Test
    void aLogThatCannotBeReadIsAnAnswerToo() {
        declare("q", Map.of());
        publish("q", 1);
        world.storage.broken.addAll(world.storage.logs());
        var answer = new Answer<BrowsePage>();
        client.session.browse("q", MessageState.READY, 0, 1, answer);
        world.syncAndRun();
        assertThat(answer.failure()).isInstanceOf(BrokerException.StorageFailed.class);
    }

    @Test
    void aMissingQueueCannotBeLookedAt() {
        var answer = new Answer<BrowsePage>();
        client.session.browse("none", MessageState.READY, 0, 1, answer);
        world.syncAndRun();
        assertThat(answer.failure()).isInstanceOf(BrokerException.NotFound.class);
    }

    private void declare(String name, Map<String, @Nullable Object> arguments) {
        var answer = new Answer<QueueStatus>();
        client.session.declareQueue(new QueueSpec(name, true, false, false, new Arguments(arguments)), answer);
        world.syncAndRun();
        assertThat(answer.failure()).isNull();
    }

    private void publish(String queue, int count) {
        for (int i = 0; i < count; i++) {
            client.publish("", queue, "" + i, i);
        }
        client.session.flush();
        world.syncAndRun();
    }

    private BrowsePage browse(String queue, MessageState state, long from, int most) {
        var answer = new Answer<BrowsePage>();
        client.session.browse(queue, state, from, most, answer);
        world.syncAndRun();
        return answer.get();
    }

    private static List<String> bodies(BrowsePage page) {
        return page.messages().stream()
                .map(each -> each.message().body().toUtf8())
                .toList();
    }
}
