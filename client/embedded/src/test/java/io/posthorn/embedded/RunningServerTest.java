package io.posthorn.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Reply;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Queue;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A program on a server of its own process, whichever of the two ends first.
class RunningServerTest {
    /// Whoever waits for a broker that has gone is not woken by an interrupt.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Server server = Server.start(ServerConfig.read(
            Map.of("--amqp", "off", "--kafka", "off", "--http", "off", "--memory", "true"),
            Map.of(),
            Optional.empty()));
    private final Posthorn posthorn = open();

    private Posthorn open() {
        return Posthorn.builder("mem:").provider(new RunningServer(server)).open();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void within(Runnable calls) {
        assertTimeoutPreemptively(PATIENCE, calls::run);
    }

    @Test
    void aProgramIsClosedBehindItsServer() throws InterruptedException {
        Queue<String> queue = posthorn.queue("work", String.class);
        queue.enqueueAll(List.of("taken", "handled"));
        var taken = queue.dequeue().orElseThrow();
        var begun = new CountDownLatch(1);
        var goesOn = new CountDownLatch(1);
        var handled = new CountDownLatch(1);
        queue.consume((_, _) -> {
            begun.countDown();
            goesOn.await();
            handled.countDown();
        });
        posthorn.bus().subscribe(String.class, (_, _) -> {});
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        server.close();
        goesOn.countDown();

        assertThat(handled.await(30, TimeUnit.SECONDS)).isTrue();
        within(() -> {
            taken.ack(); // into the void
            assertThatThrownBy(() -> queue.enqueue("late")).isInstanceOf(EventsException.Unreachable.class);
            assertThatThrownBy(queue::length).isInstanceOf(EventsException.Unreachable.class);
            posthorn.close();
            posthorn.close();
            assertThatThrownBy(() -> queue.enqueue("later")).isInstanceOf(EventsException.Closed.class);
            assertThatThrownBy(this::open).isInstanceOf(EventsException.Unreachable.class);
        });
    }

    @Test
    void whoIsAtItHearsThatTheServerIsClosed() throws Exception {
        Queue<String> queue = posthorn.queue("work", String.class);
        var begun = new CountDownLatch(1);
        var failure = new CompletableFuture<Exception>();
        Thread.startVirtualThread(() -> {
            try {
                while (queue.length() >= 0) {
                    queue.enqueue("more");
                    begun.countDown();
                }
            } catch (EventsException e) {
                failure.complete(e);
            }
        });
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        server.close();

        assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(EventsException.Unreachable.class);
    }

    @Test
    void aProgramWhoseVirtualHostIsDeletedEndsAllTheSame() throws Exception {
        Queue<String> queue = posthorn.queue("work", String.class);
        var waiting = new CompletableFuture<Throwable>();
        queue.consume((_, _) -> {});
        posthorn.bus().subscribe(String.class, (_, _) -> {});
        Thread.startVirtualThread(() -> {
            try {
                queue.dequeue(Duration.ofDays(1));
            } catch (EventsException e) {
                waiting.complete(e);
            }
        });
        var deleted = new CompletableFuture<Done>();
        server.broker()
                .administration()
                .apply(
                        new Actor(Principal.OWNER, "test"),
                        List.of(new AdminChange.DeleteVirtualHost("/")),
                        Reply.to(deleted));
        deleted.get(30, TimeUnit.SECONDS);
        within(() -> {
            while (isThere(queue)) {
                Thread.onSpinWait(); // it is told soon
            }
            posthorn.close();
            assertThatCode(posthorn::close).doesNotThrowAnyException();
        });
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isInstanceOf(EventsException.class);
    }

    private static boolean isThere(Queue<String> queue) {
        try {
            return queue.length() >= 0;
        } catch (EventsException.Unreachable e) {
            return false;
        } catch (EventsException.Refused notYetTold) {
            return true;
        }
    }
}
