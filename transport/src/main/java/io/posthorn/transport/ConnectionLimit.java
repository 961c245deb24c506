package io.posthorn.transport;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;

/// How many connections there may be, over all listeners. Thread-safe.
public final class ConnectionLimit {
    /// Descriptors that connections must leave for files, logs and whoever comes to look what is wrong.
    private static final long RESERVED_DESCRIPTORS = 1_500;

    private static final long WITHOUT_KNOWN_LIMIT = 10_000;

    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    public ConnectionLimit(int most) {
        this.most = most;
    }

    /// As many as the process has descriptors, but for a reserve.
    public static ConnectionLimit byDescriptors() {
        return new ConnectionLimit(Math.clamp(descriptors() - RESERVED_DESCRIPTORS, 64, 1_000_000));
    }

    public int most() {
        return most;
    }

    public int open() {
        return open.get();
    }

    boolean tryEnter() {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave() {
        open.decrementAndGet();
    }

    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : WITHOUT_KNOWN_LIMIT;
    }
}
