package io.posthorn.broker;

import org.jspecify.annotations.Nullable;

/// The one answer to a request, once it is there.
public final class Answer<T> implements Reply<T> {
    private @Nullable T value;
    private @Nullable BrokerException failure;

    @Override
    public void ok(T answer) {
        checkFirst();
        value = answer;
    }

    @Override
    public void failed(BrokerException cause) {
        checkFirst();
        failure = cause;
    }

    private void checkFirst() {
        if (isThere()) {
            throw new AssertionError("answered twice");
        }
    }

    public boolean isThere() {
        return value != null || failure != null;
    }

    /// @throws BrokerException when that is the answer
    public T get() {
        if (failure != null) {
            throw failure;
        }
        if (value == null) {
            throw new AssertionError("no answer yet");
        }
        return value;
    }

    /// Null when there is none, or no answer yet.
    public @Nullable BrokerException failure() {
        return failure;
    }
}
