package io.posthorn.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.BusContract;
import io.posthorn.events.Event;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Publish;
import io.posthorn.events.Queue;
import io.posthorn.events.Subscribe;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The contract on a server.
class ServerBusTest extends BusContract {
    @RegisterExtension
    static final BrokerForContract BROKER = new BrokerForContract();

    @Override
    protected String uri() {
        return BROKER.uri();
    }

    record Sighting(String bird) {}

    @Test
    void anotherProgramGetsEventsByTheNameOfTheirType() throws Exception {
        BlockingQueue<Event<?>> seen = new LinkedBlockingQueue<>();
        try (var here = Posthorn.open(uri());
                var there = Posthorn.open(uri())) {
            here.bus().types().register(Sighting.class, "birds.sighting");
            there.bus().types().register(Sighting.class, "birds.sighting");
            try (var _ = there.bus().subscribe(Sighting.class, (_, context) -> seen.add(context.event()))) {
                here.bus().publish(new Sighting("heron"));
                Event<?> event = seen.poll(30, TimeUnit.SECONDS);
                assertThat(event).isNotNull();
                assertThat(event.type()).isEqualTo("birds.sighting");
                assertThat(event.data()).isEqualTo(new Sighting("heron"));
            }
        }
    }

    @Test
    void anEventOfAnUnknownTypeIsDeadAndSaysWhatToDo() {
        try (var here = Posthorn.open(uri());
                var there = Posthorn.open(uri())) {
            here.bus().types().register(Sighting.class, "birds.unknown");
            var reader = there.bus().subscribe(Subscribe.toTopic("birds.#").durable("reader"), (_, _) -> {});
            here.bus().publish(new Sighting("heron"), Publish.to("birds.grey"));

            Queue<String> dead = there.queue("posthorn.events.reader.dead", String.class);
            var letter = dead.dequeue(Duration.ofSeconds(30)).orElseThrow();
            assertThat(letter.envelope().headers().get("x-error"))
                    .contains("birds.unknown")
                    .contains("register");
            letter.ack();
            reader.cancel();
            dead.delete();
        }
    }
}
