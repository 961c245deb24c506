package io.posthorn.events.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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
        order.add(await(allAtWork) ? "met" : "waited in vain");
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
    void whoeverStandsStillKeepsNobodyFromHavingCaughtUp() throws InterruptedException {
        var caughtUp = new CountDownLatch(2);
        var stands = new CountDownLatch(1);
        var goesOn = new CountDownLatch(1);
        var standing = new AtomicReference<ManyLanes<Integer>>();
        var some = new ManyLanes<Integer>(
                2,
                "lanes",
                _ -> null,
                item -> {
                    if (item == 0) {
                        standing.get().standStill(item);
                        stands.countDown();
                        order.add(await(goesOn) ? "met" : "waited in vain");
                        standing.get().goOn(item);
                    }
                },
                (_, _) -> {},
                caughtUp::countDown);
        standing.set(some);
        some.submit(0);
        assertThat(await(stands)).isTrue();
        assertThat(caughtUp.getCount()).isEqualTo(1);
        some.submit(1);
        assertThat(await(caughtUp)).isTrue();
        goesOn.countDown();
        assertThat(some.awaitIdle(PATIENCE)).isTrue();
        assertThat(order).containsExactly("met");
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
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
