package io.posthorn.remote;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.EventsException;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Content;
import io.posthorn.events.spi.Handling;
import io.posthorn.events.spi.Outgoing;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// How long a message can wait where no exchange is there for it.
class DelaysTest {
    private final Delays delays = new Delays(false, "RabbitMQ");

    private static Outgoing after(Duration delay) {
        var content = new Content("1", null, null, 0, Map.of(), new byte[0]);
        return new Outgoing(Address.queue("rent"), content, Handling.after(delay));
    }

    @Test
    void aDelayIsRefusedAsSoonAsItsQueueWouldLiveLongerThanTheBrokerCounts() {
        assertThatCode(() -> delays.check(after(Duration.ofDays(48)))).doesNotThrowAnyException();
        assertThatCode(() -> delays.check(after(Duration.ofMinutes(70_000)))).doesNotThrowAnyException();
        assertThatThrownBy(() -> delays.check(after(Duration.ofMinutes(70_000).plusMillis(1))))
                .isInstanceOf(EventsException.Unsupported.class)
                .hasMessageContaining("48 days");
        assertThatThrownBy(() -> delays.check(after(Duration.ofDays(49))))
                .isInstanceOf(EventsException.Unsupported.class);
    }
}
