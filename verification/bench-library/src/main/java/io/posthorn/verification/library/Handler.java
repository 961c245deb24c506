package io.posthorn.verification.library;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// Counts what it is called for, and tells when that is all. Thread-safe.
final class Handler {
    private final AtomicLong left = new AtomicLong();
    private volatile CountDownLatch done = new CountDownLatch(0);

    void expect(long events) {
        done = new CountDownLatch(1);
        left.set(events);
    }

    void handled() {
        if (left.decrementAndGet() == 0) {
            done.countDown();
        }
    }

    void await() throws InterruptedException {
        done.await();
    }
}
