package io.posthorn.events.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Two programs that want different plans of one schedule, as one of them hears of it.
class WishesTest {
    private static final Instant TEN = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant BETWEEN = TEN.plus(Duration.ofMinutes(5));
    private static final Instant AGAIN = TEN.plus(Duration.ofMinutes(10));

    private final Wishes wishes = new Wishes();
    private final List<Instant> wentOn = new ArrayList<>();

    @Test
    void whoeverLeavesAnOlderPlanBehindGoesOnWithItsOwn() {
        wishes.want("report", "ours", AGAIN, wentOn::add);

        assertThat(wishes.stillWant("report", "theirs", BETWEEN)).isEmpty();
        assertThat(wentOn).containsExactly(AGAIN);
    }

    @Test
    void aPlanGoesOnWithTheLastTimeThatItWasAskedFor() {
        wishes.want("report", "ours", AGAIN, wentOn::add);

        assertThat(wishes.stillWant("report", "ours", TEN)).contains(AGAIN);
        assertThat(wishes.stillWant("report", "ours", AGAIN.plusSeconds(1))).contains(AGAIN.plusSeconds(1));
        assertThat(wentOn).isEmpty();
        assertThat(wishes.stillWant("report", "theirs", AGAIN)).isEmpty();
        assertThat(wentOn).containsExactly(AGAIN.plusSeconds(1));
    }

    @Test
    void aPlanThatWasAskedForLaterTakesThePlaceOfOurs() {
        wishes.want("report", "ours", TEN, wentOn::add);

        assertThat(wishes.stillWant("report", "theirs", BETWEEN)).contains(BETWEEN);
        assertThat(wishes.stillWant("report", "ours", TEN)).isEmpty();
        assertThat(wentOn).isEmpty();
    }

    @Test
    void ofTwoThatAskInTheSameMomentAllFollowTheSame() {
        var theirs = new Wishes();
        wishes.want("report", "ours", TEN, wentOn::add);
        theirs.want("report", "theirs", TEN, wentOn::add);

        assertThat(wishes.stillWant("report", "theirs", TEN)).contains(TEN);
        assertThat(wishes.stillWant("report", "ours", TEN)).isEmpty();
        assertThat(theirs.stillWant("report", "ours", TEN)).isEmpty();
        assertThat(theirs.stillWant("report", "theirs", TEN)).contains(TEN);
    }

    @Test
    void whatWasCancelledInTheSameMomentIsNotWanted() {
        wishes.wantNothing("report", TEN);

        assertThat(wishes.isCancelled("report", TEN)).isTrue();
        assertThat(wishes.stillWant("report", "theirs", TEN)).isEmpty();
        assertThat(wishes.stillWant("report", "theirs", BETWEEN)).contains(BETWEEN);
        assertThat(wishes.isCancelled("report", TEN)).isFalse();
    }
}
