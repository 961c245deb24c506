package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.posthorn.events.BusContract;
import io.posthorn.events.Capability;
import io.posthorn.events.DelayContract;
import io.posthorn.events.EventsException;
import io.posthorn.events.Handler;
import io.posthorn.events.LifecycleContract;
import io.posthorn.events.LostConnectionContract;
import io.posthorn.events.Posthorn;
import io.posthorn.events.QueueContract;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.ScheduleContract;
import io.posthorn.events.Send;
import io.posthorn.events.spi.Link;
import io.posthorn.remote.RemoteProvider;
import io.posthorn.verification.conformance.differential.RabbitMqNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/// The library behind whose URI a RabbitMQ answers, where one is installed (Debian: rabbitmq-server): what it can do it
/// does by the same contracts as a Posthorn, and what it cannot is said by name.
@Timeout(120)
class LibraryOnRabbitMqTest {
    private static RabbitMqNode node;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(RabbitMqNode.isInstalled(), "there is no rabbitmq-server here");
        node = RabbitMqNode.start();
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
    }

    private static String there() {
        return node.url().toString();
    }

    @Nested
    class Queues extends QueueContract {
        @Override
        protected String uri() {
            return there();
        }
    }

    @Nested
    class Bus extends BusContract {
        @Override
        protected String uri() {
            return there();
        }
    }

    @Nested
    class Schedules extends ScheduleContract {
        @Override
        protected String uri() {
            return there();
        }
    }

    @Nested
    class Lifecycle extends LifecycleContract {
        @Override
        protected String uri() {
            return there();
        }
    }

    @Nested
    @Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
    class LostConnections extends LostConnectionContract {
        @Override
        protected String uri() {
            return there();
        }
    }

    @Nested
    @Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
    class Delays extends DelayContract {
        @Override
        protected Link link() {
            return new RemoteProvider().open(there());
        }
    }

    @Test
    void itSaysWhatItCanDo() {
        try (var posthorn = Posthorn.open(there())) {
            assertThat(posthorn.capabilities())
                    .containsExactlyInAnyOrder(Capability.DURABLE, Capability.DELAY, Capability.REPLAY);
        }
    }

    @Test
    void whatItCannotDoIsSaidByFeatureAndServer() {
        try (var posthorn = Posthorn.open(there())) {
            var queue = posthorn.queue("plain", String.class);
            var scheduler = posthorn.scheduler();
            Map<Capability, ThrowingCallable> asked = Map.of(
                    Capability.LIFO, () -> posthorn.queue("x", String.class, QueueOptions.lifo()),
                    Capability.DEDUPLICATION,
                            () -> posthorn.queue(
                                    "x", String.class, QueueOptions.fifo().deduplicate(Duration.ofHours(1), 1)),
                    Capability.FAIRNESS,
                            () -> posthorn.queue(
                                    "x", String.class, QueueOptions.fifo().fair(1)),
                    Capability.PEEK, () -> queue.peek(1),
                    Capability.REMOVE, () -> queue.remove("x"),
                    Capability.SCHEDULES, scheduler::schedules);
            asked.forEach((capability, call) -> assertThatThrownBy(call)
                    .isInstanceOfSatisfying(EventsException.Unsupported.class, failure -> {
                        assertThat(failure.capability()).isEqualTo(capability);
                        assertThat(failure.server()).startsWith("RabbitMQ 3.").contains("127.0.0.1:");
                    })
                    .hasMessageContaining(capability.words()));
            assertThatThrownBy(() -> scheduler.every("x", Duration.ofHours(1), "tick"))
                    .isInstanceOf(EventsException.Unsupported.class);
        }
    }

    @Test
    void aDelayThatIsLongerThanItCountsIsRefusedByName() {
        try (var posthorn = Posthorn.open(there())) {
            var queue = posthorn.queue("long", String.class);

            assertThatThrownBy(() -> queue.enqueue("x", Send.delayed(Duration.ofDays(60))))
                    .isInstanceOf(EventsException.Unsupported.class)
                    .hasMessageContaining("RabbitMQ 3.");
            assertThat(queue.length()).isZero();
        }
    }

    @Test
    void aMessageThatCannotWaitSoLongForItsNextAttemptIsDead() {
        try (var posthorn = Posthorn.open(there())) {
            var dead = posthorn.queue("patient.dead", String.class);
            var queue = posthorn.queue("patient", String.class);
            try (var _ = queue.consume((_, _) -> {
                throw new Handler.RetryLater(Duration.ofDays(60));
            })) {
                queue.enqueue("x");

                try (var letter = dead.dequeue(Duration.ofSeconds(30)).orElseThrow()) {
                    assertThat(letter.envelope().headers()).containsEntry("x-error-type", "Unsupported");
                    letter.ack();
                }
            }
        }
    }
}
