package io.posthorn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Queue;
import io.posthorn.events.Send;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What delays need at a Posthorn, when somebody else deletes it.
@Timeout(120)
class DeletedDelaysTest {
    @RegisterExtension
    static final BrokerForContract BROKER = new BrokerForContract();

    private static final Send SOON = Send.delayed(Duration.ofMillis(1));

    private Posthorn posthorn;
    private Connection somebodyElse;

    @BeforeEach
    void open() throws Exception {
        posthorn = Posthorn.open(BROKER.uri());
        var factory = new ConnectionFactory();
        factory.setUri(BROKER.amqp());
        somebodyElse = factory.newConnection();
    }

    @AfterEach
    void close() throws Exception {
        posthorn.close();
        somebodyElse.close();
    }

    private static String next(Queue<String> queue) {
        try (var delivery = queue.dequeue(Duration.ofSeconds(30)).orElseThrow()) {
            delivery.ack();
            return delivery.value();
        }
    }

    @Test
    void anExchangeThatWasDeletedIsMadeAgain() throws Exception {
        Queue<String> queue = posthorn.queue("delayed-to", String.class);
        queue.enqueue("a", SOON);
        assertThat(next(queue)).isEqualTo("a");
        somebodyElse.createChannel().exchangeDelete("posthorn.delayed");

        assertThatThrownBy(() -> queue.enqueue("b", SOON)).isInstanceOf(EventsException.Refused.class);
        queue.enqueue("c", SOON);
        assertThat(next(queue)).isEqualTo("c");
    }
}
