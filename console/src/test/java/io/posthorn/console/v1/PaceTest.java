package io.posthorn.console.v1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void asManyGoInASecondAsTheRateSays() {
        var pace = new Pace(20);
        long now = 0;
        long done = 0;
        while (done < 100) {
            now += pace.waitBeforeNext(done, now);
            done += pace.atOnce();
        }
        assertThat(done).isEqualTo(100);
        assertThat(now).isBetween(4 * SECOND, 5 * SECOND);
    }

    @Test
    void aSlowPaceIsEvenAndAFastOneHasLargerSteps() {
        assertThat(new Pace(1).atOnce()).isEqualTo(1);
        assertThat(new Pace(20).atOnce()).isEqualTo(5);
        assertThat(new Pace(1_000_000).atOnce()).isEqualTo(100);
    }

    @Test
    void withoutARateNobodyWaits() {
        assertThat(new Pace(0).waitBeforeNext(1_000_000, 0)).isZero();
    }
}
