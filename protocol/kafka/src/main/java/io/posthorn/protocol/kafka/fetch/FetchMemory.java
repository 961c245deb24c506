package io.posthorn.protocol.kafka.fetch;

import java.util.concurrent.atomic.AtomicLong;

/// How much of what was read for clients has not reached them yet. The more it is, the less the
/// next answer brings, so that many slow clients cost no more than a few. All who fetch share one.
/// Thread-safe.
public final class FetchMemory {
    static final int LEAST_PER_ANSWER = 64 * 1024;

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    /// @param most bytes for everybody
    public FetchMemory(long most) {
        this.most = most;
    }

    /// An eighth of what the process may have.
    public static FetchMemory ofThisProcess() {
        return new FetchMemory(Math.max(32L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 8));
    }

    long most() {
        return most;
    }

    /// How many bytes one more answer may have.
    ///
    /// @param wanted more than this makes it no faster
    public int allowance(int wanted) {
        long left = (most - taken.get()) / 4;
        return Math.clamp(left, LEAST_PER_ANSWER, wanted);
    }

    public void take(long bytes) {
        taken.addAndGet(bytes);
    }

    public void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }
}
