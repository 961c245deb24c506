package io.posthorn.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Provider;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Schedules of a broker that cannot tell at the moment what waits.
class BlindScheduleTest {
    private static final class Blind implements Provider {
        @Override
        public List<String> schemes() {
            return List.of();
        }

        @Override
        public Link open(String uri) {
            Link link = new EmbeddedProvider().open(uri);
            return (Link) Proxy.newProxyInstance(
                    Link.class.getClassLoader(), new Class<?>[] {Link.class}, (_, method, arguments) -> {
                        if (method.getName().equals("delayed")) {
                            throw new EventsException.Unreachable("nobody answers", null);
                        }
                        try {
                            return method.invoke(link, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    @Test
    void whatIsToComeOnceIsMovedAllTheSame() throws Exception {
        BlockingQueue<String> came = new LinkedBlockingQueue<>();
        try (var posthorn = Posthorn.builder("mem:").provider(new Blind()).open()) {
            posthorn.bus().subscribe(String.class, (event, _) -> came.add(event));
            Instant now = Instant.now();
            posthorn.scheduler().once("report", now.plus(Duration.ofHours(1)), "in an hour");
            posthorn.scheduler().once("report", now, "now");

            assertThat(came.poll(30, TimeUnit.SECONDS)).isEqualTo("now");
        }
    }
}
