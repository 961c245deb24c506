package io.posthorn.log;

import org.jspecify.annotations.Nullable;

/// Passes the storage's signals on, once somebody listens.
final class Signals {
    private static final System.Logger LOGGER = System.getLogger(Signals.class.getName());

    private volatile @Nullable StorageListener listener;
    private volatile boolean low;

    void start(StorageListener next) {
        listener = next;
        if (low) {
            next.spaceLow(true);
        }
    }

    void durable() {
        StorageListener current = listener;
        if (current != null) {
            current.durable();
        }
    }

    void failed(LogException.Poisoned cause) {
        LOGGER.log(
                System.Logger.Level.ERROR, "the journal has failed; nothing more is confirmed until a restart", cause);
        StorageListener current = listener;
        if (current != null) {
            current.failed(cause);
        }
    }

    void spaceLow(boolean isLow) {
        low = isLow;
        LOGGER.log(
                System.Logger.Level.INFO,
                isLow ? "publishers are stopped until the storage has room" : "publishers go on: there is room");
        StorageListener current = listener;
        if (current != null) {
            current.spaceLow(isLow);
        }
    }
}
