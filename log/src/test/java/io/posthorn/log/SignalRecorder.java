package io.posthorn.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes down a storage's signals.
public final class SignalRecorder implements StorageListener {
    private int durable;
    private LogException.@Nullable Poisoned failure;
    private final List<Boolean> spaceLow = new ArrayList<>();

    @Override
    public synchronized void durable() {
        durable++;
    }

    @Override
    public synchronized void failed(LogException.Poisoned cause) {
        failure = cause;
    }

    @Override
    public synchronized void spaceLow(boolean low) {
        spaceLow.add(low);
    }

    public synchronized int durableSignals() {
        return durable;
    }

    public synchronized LogException.@Nullable Poisoned failure() {
        return failure;
    }

    public synchronized List<Boolean> spaceLowSignals() {
        return List.copyOf(spaceLow);
    }
}
