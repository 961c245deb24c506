package io.posthorn.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Queue;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonQueueTest {
    record Line(String article, int count) {}

    record Order(long id, BigDecimal total, Instant placed, List<Line> lines, Optional<String> note) {}

    private static final Order ORDER = new Order(
            42,
            new BigDecimal("19.90"),
            Instant.parse("2026-11-21T12:00:00Z"),
            List.of(new Line("tea", 2)),
            Optional.empty());

    @Test
    void aRecordComesBackAsItWas() {
        try (var posthorn = Posthorn.open("mem:")) {
            Queue<Order> orders = posthorn.queue("orders", Order.class);
            orders.enqueue(ORDER);

            var delivery = orders.dequeue().orElseThrow();
            assertThat(delivery.value()).isEqualTo(ORDER);
            assertThat(delivery.envelope().contentType()).isEqualTo("application/json");
            delivery.ack();
        }
    }

    @Test
    void aBrokenBodyIsADeadLetterThatSaysWhy() {
        try (var posthorn = Posthorn.open("mem:")) {
            Queue<String> raw = posthorn.queue("orders", String.class);
            Queue<Order> orders = posthorn.queue("orders", Order.class);
            raw.enqueue("{\"id\": 4");

            assertThatThrownBy(orders::dequeue)
                    .isInstanceOf(EventsException.BadMessage.class)
                    .hasMessageContaining("Order");
            var letter = posthorn.queue("orders.dead", String.class).dequeue().orElseThrow();
            assertThat(letter.value()).isEqualTo("{\"id\": 4");
            assertThat(letter.envelope().headers()).containsKey("x-error");
        }
    }
}
