package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerWorld.TestConsumer;
import io.posthorn.broker.shard.Produced;
import io.posthorn.log.RecordBatch;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Where a reader of a topic begins that wants the last message of it.
class LastMessageTest extends LeaseWorld {
    private static final int MANY = 100;

    private TestConsumer consume() {
        var consumer = new TestConsumer(client.session);
        client.session.consume(
                new ConsumerSpec("t", "tag", false, false, 10, new Arguments(Map.of("x-stream-offset", "last"))),
                consumer,
                consumer.reply);
        world.run();
        return consumer;
    }

    private List<String> last() {
        return consume().arrived.stream()
                .map(delivery -> delivery.message().body().toUtf8())
                .toList();
    }

    @Test
    void theLastMessageIsBeforeTheMarkerOfItsTransaction() {
        create(1);
        assertThat(last()).isEmpty();
        append(Produced.transactional(7, 0, 0, "a", "b"));
        append(Produced.marker(7, 0, 0, true));
        assertThat(last()).containsExactly("b");
    }

    @Test
    void theLastMessageIsBeforeAllThatWasAborted() {
        create(1);
        append("a", "b");
        for (int i = 0; i < 20; i++) {
            append(aborted(i, MANY));
            append(Produced.marker(7, 0, 0, false));
        }
        assertThat(last()).containsExactly("b");

        world.storage.makeCold();
        assertThat(last()).as("from the disk").containsExactly("b");
        append("c");
        assertThat(last()).containsExactly("c");
    }

    @Test
    void withoutAnyMessageTheNextOneIsTheFirst() {
        create(1);
        append(aborted(0, 2));
        append(Produced.marker(7, 0, 0, false));
        TestConsumer consumer = consume();
        assertThat(consumer.arrived).isEmpty();
        append("a");
        assertThat(consumer.arrived).hasSize(1);
    }

    private static RecordBatch aborted(int transaction, int count) {
        String[] values = IntStream.range(0, count).mapToObj(Integer::toString).toArray(String[]::new);
        return Produced.transactional(7, 0, transaction * count, values);
    }
}
