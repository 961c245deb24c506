package io.posthorn.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who does the work of a loop that is everybody's.
class SharedLoopTest {
    private final ExecutorService own = Executors.newSingleThreadExecutor();
    private final SharedLoop loop = new SharedLoop(new LoopElsewhere(own));

    @AfterEach
    void stop() {
        own.close();
    }

    @Test
    void whoFindsNobodyAtItDoesItThemselves() {
        var by = new AtomicReference<Thread>();
        loop.run(() -> {
            assertThat(loop.isCurrentThread()).isTrue();
            by.set(Thread.currentThread());
        });
        assertThat(by.get()).isSameAs(Thread.currentThread());
        assertThat(loop.isCurrentThread()).isFalse();
    }

    @Test
    void whatNobodyIsThereForIsDoneByTheLoopsOwnThread() throws InterruptedException {
        var by = new AtomicReference<Thread>();
        var done = new CountDownLatch(1);
        loop.execute(() -> {
            by.set(Thread.currentThread());
            done.countDown();
        });
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(by.get()).isNotSameAs(Thread.currentThread());
    }

    @Test
    void whatATaskAsksForIsDoneBehindItInOrder() {
        var order = new ArrayList<String>();
        loop.run(() -> {
            loop.execute(() -> order.add("second"));
            loop.run(() -> order.add("third"));
            order.add("first");
        });
        assertThat(order).containsExactly("first", "second", "third");
    }

    @Test
    void whatWorkBringsForTheLoopIsDoneByWhoDidIt() {
        var by = new ArrayList<Thread>();
        loop.after(() -> {
            loop.execute(() -> {
                by.add(Thread.currentThread());
                loop.execute(() -> by.add(Thread.currentThread()));
            });
            assertThat(by).as("before the work is done").isEmpty();
        });
        assertThat(by).containsExactly(Thread.currentThread(), Thread.currentThread());
    }

    @Test
    void workThatFailsLeavesNothingUndone() {
        var done = new ArrayList<String>();
        assertThatThrownBy(() -> loop.after(() -> {
                    loop.execute(() -> done.add("what it brought"));
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(done).containsExactly("what it brought");
    }

    @Test
    void whoBringsVeryMuchGoesItsOwnWayAndTheLoopsThreadDoesTheRest() throws InterruptedException {
        int tasks = 1_000;
        var mine = new AtomicInteger();
        var done = new CountDownLatch(tasks);
        Thread me = Thread.currentThread();
        loop.after(() -> {
            for (int i = 0; i < tasks; i++) {
                loop.execute(() -> {
                    mine.addAndGet(Thread.currentThread().equals(me) ? 1 : 0);
                    done.countDown();
                });
            }
        });
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(mine.get()).isBetween(1, tasks - 1);
    }

    @Test
    void ofManyThreadsOneIsAtItAndNothingIsForgotten() throws InterruptedException {
        int threads = 4;
        int each = 20_000;
        int[] count = {0}; // of one thread at a time, or it would be less in the end
        var done = new CountDownLatch(threads * each);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            boolean waits = i % 2 == 0;
            all.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; n < each; n++) {
                    Runnable task = () -> {
                        count[0]++;
                        done.countDown();
                    };
                    if (waits) {
                        loop.run(task);
                    } else {
                        loop.execute(task);
                    }
                }
            }));
        }
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        var seen = new AtomicReference<Integer>();
        var told = new CountDownLatch(1);
        loop.execute(() -> {
            seen.set(count[0]);
            told.countDown();
        });
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(seen.get()).isEqualTo(threads * each);
    }

    @Test
    void aTaskThatFailsKeepsNoOtherFromBeingDone() {
        var done = new ArrayList<String>();
        loop.run(() -> {
            loop.run(() -> done.add("the next"));
            throw new IllegalStateException("on purpose");
        });
        assertThat(done).containsExactly("the next");
    }

    @Test
    void anInterruptedThreadWorksUninterruptedAndIsInterruptedAfterwards() {
        var during = new AtomicReference<Boolean>();
        Thread.currentThread().interrupt();
        loop.run(() -> during.set(Thread.currentThread().isInterrupted()));
        assertThat(during.get()).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }
}
