package io.posthorn.server;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/// What was opened, to be closed in the opposite order. One that fails to close keeps no other from it.
final class Lifecycle implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Lifecycle.class.getName());

    private final Deque<Step> steps = new ArrayDeque<>();

    private record Step(String name, AutoCloseable closing) {}

    void opened(String name, AutoCloseable closing) {
        steps.push(new Step(name, closing));
    }

    /// @throws IllegalStateException when something did not close in order, after the rest has
    @Override
    public void close() {
        IllegalStateException failure = null;
        for (Step step = steps.poll(); step != null; step = steps.poll()) {
            try {
                step.closing().close();
            } catch (Exception e) {
                LOG.log(Level.ERROR, step.name() + " did not close in order", e);
                failure = failure == null
                        ? new IllegalStateException(step.name() + " did not close in order", e)
                        : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
