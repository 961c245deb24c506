package io.posthorn.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.Posthorn;
import io.posthorn.events.Queue;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Content;
import io.posthorn.events.spi.Handling;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import io.posthorn.events.spi.Provider;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A link that hands on what was delivered behind the end of its consumer.
@Timeout(60)
class LateDeliveryTest {
    private final BlockingQueue<Runnable> late = new LinkedBlockingQueue<>();

    private final class LateProvider implements Provider {
        @Override
        public List<String> schemes() {
            return List.of("mem");
        }

        @Override
        public Link open(String uri) {
            Link link = new EmbeddedProvider().open(uri);
            return (Link) Proxy.newProxyInstance(
                    Link.class.getClassLoader(),
                    new Class<?>[] {Link.class},
                    (_, method, arguments) -> method.getName().equals("consume")
                            ? consume(link, (String) arguments[0], sink(arguments[2]))
                            : method.invoke(link, arguments));
        }

        @SuppressWarnings("unchecked")
        private Consumer<Incoming> sink(Object sink) {
            return (Consumer<Incoming>) sink;
        }

        /// Something comes between the look at the queue and the end of the wait.
        private Link.Intake consume(Link link, String queue, Consumer<Incoming> sink) throws InterruptedException {
            Link.Intake intake = link.consume(queue, 1, incoming -> late.add(() -> sink.accept(incoming)));
            var content = new Content("1", null, null, 0, Map.of(), "a".getBytes(StandardCharsets.UTF_8));
            link.publish(List.of(new Outgoing(Address.queue(queue), content, Handling.DEFAULT)));
            late.put(late.take());
            return intake;
        }
    }

    @Test
    void whatComesWhenNobodyWaitsAnyMoreGoesBack() throws Exception {
        try (var posthorn =
                Posthorn.builder("mem:").provider(new LateProvider()).open()) {
            Queue<String> queue = posthorn.queue("late", String.class);
            assertThat(queue.dequeue(Duration.ofMillis(1))).isEmpty();

            late.take().run();
            assertThat(queue.dequeue().map(each -> each.value())).isEqualTo(Optional.of("a"));
        }
    }
}
