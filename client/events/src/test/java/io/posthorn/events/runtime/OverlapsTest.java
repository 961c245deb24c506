package io.posthorn.events.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.events.runtime.Overlaps.Latest;
import org.junit.jupiter.api.Test;

/// What is remembered of the runs of schedules.
class OverlapsTest {
    private final Latest latest = new Latest(2);

    private Overlaps.Runs runOf(String schedule) {
        Overlaps.Runs runs = latest.begin(schedule);
        latest.end(runs);
        return runs;
    }

    @Test
    void onlyTheLatestAreRemembered() {
        Overlaps.Runs first = runOf("first");
        Overlaps.Runs second = runOf("second");
        assertThat(runOf("first")).isSameAs(first);
        runOf("third");

        assertThat(runOf("first")).isSameAs(first);
        assertThat(runOf("second")).isNotSameAs(second);
    }

    @Test
    void whatSomebodyWorksOnIsNotForgotten() {
        Overlaps.Runs working = latest.begin("working");
        for (int i = 0; i < 10; i++) {
            runOf("other " + i);
        }
        assertThat(latest.begin("working")).isSameAs(working);
        latest.end(working);
        latest.end(working);
        runOf("one more");
        runOf("and another");

        assertThat(runOf("working")).isNotSameAs(working);
    }
}
