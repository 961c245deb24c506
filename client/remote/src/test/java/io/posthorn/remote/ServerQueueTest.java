package io.posthorn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.Capability;
import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.QueueContract;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.Send;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Content;
import io.posthorn.events.spi.Handling;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The contract on a server.
@Timeout(60)
class ServerQueueTest extends QueueContract {
    @RegisterExtension
    static final BrokerForContract BROKER = new BrokerForContract();

    @Override
    protected String uri() {
        return BROKER.uri();
    }

    @Test
    void whatThisServerCannotDoIsSaidByName() {
        try (var posthorn = Posthorn.open(BROKER.amqp())) {
            assertThatThrownBy(() -> posthorn.queue("looked-at", String.class).peek(1))
                    .isInstanceOf(EventsException.Unsupported.class)
                    .hasMessageContaining(Capability.PEEK.words())
                    .hasMessageContaining("127.0.0.1");
        }
    }

    @Test
    void aPlaceThatIsNoneIsSaid() {
        assertThatThrownBy(() -> Posthorn.open(BROKER.amqp() + "?management=15672"))
                .isInstanceOf(EventsException.WrongUri.class)
                .hasMessageContaining("?management=http://");
    }

    @Test
    void aPlaceThatIsNoneDoesNotShowThePasswordInIt() {
        assertThatThrownBy(() -> Posthorn.open(BROKER.amqp() + "?management=admin:secret@host:15672"))
                .isInstanceOf(EventsException.WrongUri.class)
                .hasMessageContaining("management=")
                .hasMessageNotContaining("secret");
    }

    @Test
    void whatNamesNoHostIsNotThisMachine() {
        for (String uri : List.of("amqp:nonsense", "amqp://u:secret@127.0.0.1:port/x", "amqp://under_score:5672")) {
            assertThatThrownBy(() -> Posthorn.open(uri))
                    .isInstanceOf(EventsException.WrongUri.class)
                    .hasMessageContaining("amqp://user:password@host:port/vhost")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void nobodyThereIsUnreachable() {
        assertThatThrownBy(() -> Posthorn.open("amqp://127.0.0.1:1"))
                .isInstanceOf(EventsException.Unreachable.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void aWrongPasswordIsNotShown() {
        String uri = uri().replace("guest:guest", "guest:secret");

        assertThatThrownBy(() -> Posthorn.open(uri))
                .isInstanceOf(EventsException.Unreachable.class)
                .hasMessageContaining("guest")
                .hasMessageNotContaining("secret");
    }

    @Test
    void whatAmqpHasNoRoomForIsRefusedAndHoldsUpNothing() {
        try (var posthorn = Posthorn.open(uri())) {
            var queue = posthorn.queue("after-too-long", String.class);
            assertThatThrownBy(() -> queue.enqueue("a", Send.NORMALLY.header("h".repeat(256), "x")))
                    .isInstanceOf(EventsException.BadMessage.class);
            queue.enqueueAll(List.of("b", "c"));

            assertThat(queue.length()).isEqualTo(2);
            queue.delete();
        }
    }

    @Test
    void whatWasDeliveredWhenAConsumerStopsHasBeenHandedOnByThen() throws Exception {
        try (Link link = new RemoteProvider().open(BROKER.amqp())) {
            link.declareQueue("stopped", QueueOptions.fifo());
            var content = new Content("1", null, null, 0, Map.of(), new byte[0]);
            link.publish(List.of(new Outgoing(Address.queue("stopped"), content, Handling.DEFAULT)));
            var delivered = new CountDownLatch(1);
            var stopped = new CountDownLatch(1);
            var wasLate = new CompletableFuture<Boolean>();
            Link.Intake intake = link.consume("stopped", 1, _ -> {
                delivered.countDown();
                wasLate.complete(comesWithin(stopped, Duration.ofMillis(200)));
            });
            delivered.await();
            intake.stop();
            stopped.countDown();

            assertThat(wasLate.get()).isFalse();
            link.deleteQueue("stopped");
        }
    }

    private static boolean comesWithin(CountDownLatch latch, Duration wait) {
        try {
            return latch.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
