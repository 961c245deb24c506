package io.posthorn.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonCodecTest {
    record Line(String article, int count) {}

    record Order(long id, BigDecimal total, Instant placed, List<Line> lines, Optional<String> note) {}

    private final JsonCodec codec = new JsonCodec();

    @Test
    void aRecordComesBackAsItWas() {
        var order = new Order(
                42,
                new BigDecimal("19.90"),
                Instant.parse("2026-11-21T12:00:00Z"),
                List.of(new Line("tea", 2)),
                Optional.empty());

        assertThat(codec.decode(codec.encode(order), Order.class)).isEqualTo(order);
    }

    @Test
    void whatAReaderDoesNotKnowItPassesOver() {
        assertThat(codec.decode(bytes("{\"article\":\"tea\",\"count\":2,\"colour\":\"green\"}"), Line.class))
                .isEqualTo(new Line("tea", 2));
    }

    @Test
    void whatIsNoSuchValueIsRefused() {
        assertThatThrownBy(() -> codec.decode(bytes("null"), Line.class)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> codec.decode(bytes("{\"article\":"), Line.class))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> codec.decode(bytes("[]"), Line.class)).isInstanceOf(RuntimeException.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
