package io.posthorn.events.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Who works on what, side by side.
class ManyLanesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST = 5;

    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch allAtWork = new CountDownLatch(MOST);
    private final ManyLanes<Integer> lanes =
            new ManyLanes<>(MOST, "lanes", _ -> null, _ -> meetTheOthers(), (_, _) -> {}, () -> order.add("caught up"));

    private void meetTheOthers() {
        allAtWork.countDown();
        try {
            order.add(allAtWork.await(10, TimeUnit.SECONDS) ? "met" : "waited in vain");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void asManyAsMayAreWorkedOnAtOnceWhereEachWaitsForTheOthers() throws InterruptedException {
        for (int i = 0; i < MOST; i++) {
            lanes.submit(i);
        }
        assertThat(lanes.awaitIdle(PATIENCE)).isTrue();
        assertThat(order).containsOnly("met", "caught up");
    }

    @Test
    void onlyWhoeverIsTheLastAtWorkHasCaughtUp() throws InterruptedException {
        for (int i = 0; i < MOST; i++) {
            lanes.submit(i);
        }
        assertThat(lanes.awaitIdle(PATIENCE)).isTrue();
        assertThat(order).hasSize(MOST + 1).last().isEqualTo("caught up");
    }
}
