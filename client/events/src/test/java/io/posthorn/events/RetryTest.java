package io.posthorn.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetryTest {
    @Test
    void waitsGrowUpToTheMost() {
        var retry = Retry.exponential(Duration.ofSeconds(1))
                .jitter(0)
                .most(Duration.ofSeconds(5))
                .attempts(6);
        var random = new SplittableRandom(1);

        assertThat(retry.waitAfter(1, random)).isEqualTo(Duration.ofSeconds(1));
        assertThat(retry.waitAfter(2, random)).isEqualTo(Duration.ofSeconds(2));
        assertThat(retry.waitAfter(3, random)).isEqualTo(Duration.ofSeconds(4));
        assertThat(retry.waitAfter(4, random)).isEqualTo(Duration.ofSeconds(5));
        assertThat(retry.waitAfter(1_000, random)).isEqualTo(Duration.ofSeconds(5));
        assertThat(retry.goesOnAfter(5)).isTrue();
        assertThat(retry.goesOnAfter(6)).isFalse();
    }

    @Test
    void jitterIsAPartOfTheWait() {
        var retry = Retry.fixed(Duration.ofSeconds(10)).jitter(0.2);
        var random = new SplittableRandom(7);
        for (int i = 0; i < 1_000; i++) {
            assertThat(retry.waitAfter(1, random)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
        }
    }

    @Test
    void whatCannotBeIsRefusedAtOnce() {
        assertThatThrownBy(() -> Retry.usual().attempts(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Retry.usual().jitter(2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Retry.usual().most(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }
}
