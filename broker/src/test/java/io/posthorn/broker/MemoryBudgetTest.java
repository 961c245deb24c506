package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final long HIGH = 600;

    private final MemoryBudget memory = new MemoryBudget(1_000, 0.6);
    private final HandTime time = new HandTime();
    private final HandExecutor reviewer = new HandExecutor(false);
    private final List<Boolean> told = new ArrayList<>();
    private long elsewhere;

    @Test
    void theAlarmIsOnFromTheMarkOnAndOffWellBelowIt() {
        memory.watch(() -> elsewhere, Runnable::run, time, told::add);
        memory.hold(HIGH);
        assertThat(told).isEmpty();
        memory.hold(1);
        assertThat(told).containsExactly(true);
        memory.release(61);
        assertThat(told).containsExactly(true);
        memory.release(1);
        assertThat(told).containsExactly(true, false);
    }

    @Test
    void theLastWordIsTheRightOneWhoeverComesInBetween() throws InterruptedException {
        var all = new ArrayList<Thread>();
        memory.watch(() -> 0, Runnable::run, time, on -> {
            if (on) {
                Thread other = Thread.ofPlatform().start(() -> memory.release(HIGH + 1));
                all.add(other);
                awaitHeldUpOrEnded(other);
            }
            told.add(on);
        });
        memory.hold(HIGH + 1);
        for (Thread each : all) {
            each.join();
        }
        assertThat(told).containsExactly(true, false);
    }

    private static void awaitHeldUpOrEnded(Thread thread) {
        while (thread.getState() != Thread.State.BLOCKED && thread.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatWasLetGoOfRightAfterItWasMeasuredStopsNobodyForLong() {
        int[] asked = {0};
        memory.watch(() -> asked[0]++ == 0 ? HIGH + 1 : 0, reviewer, time, told::add);
        memory.check();
        assertThat(told).containsExactly(true, false);
    }

    @Test
    void anAlarmThatOthersHaveRaisedIsLiftedThoughNothingElseHappens() {
        memory.watch(() -> elsewhere, reviewer, time, told::add);
        elsewhere = HIGH + 1;
        memory.check();
        assertThat(told).containsExactly(true);
        time.pass(5_000);
        reviewer.runAll();
        elsewhere = 0;
        assertThat(told).containsExactly(true);
        time.pass(1_000);
        reviewer.runAll();
        assertThat(told).containsExactly(true, false);
        time.pass(1_000);
        assertThat(time.isIdle()).as("nobody looks any more").isTrue();
    }

    @Test
    void whatOthersHoldIsNotAskedForWithEveryBuffer() {
        int[] asked = {0};
        memory.watch(
                () -> {
                    asked[0]++;
                    return HIGH + 1;
                },
                reviewer,
                time,
                told::add);
        memory.check();
        int before = asked[0];
        for (int i = 0; i < 100; i++) {
            memory.hold(1);
            memory.release(1);
        }
        reviewer.runAll();
        assertThat(asked[0]).isEqualTo(before + 1);
    }
}
