package io.posthorn.protocol.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class FetchPaceTest {
    private long now = 1_000;
    private final FetchPace pace = new FetchPace(() -> Instant.ofEpochMilli(now));

    @Test
    void aClientThatComesBackAtOnceGetsAnswersThatItCanBeginWithSoon() {
        assertThat(pace.bytes()).isEqualTo(FetchPace.NEAR_BYTES);
        pace.answered();
        now += FetchPace.FAR_MS - 1;
        assertThat(pace.bytes()).isEqualTo(FetchPace.NEAR_BYTES);
    }

    @Test
    void aClientThatIsFarAwayGetsMore() {
        pace.answered();
        now += FetchPace.FAR_MS;
        assertThat(pace.bytes()).isEqualTo(FetchPace.FAR_BYTES);
    }
}
