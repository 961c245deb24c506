package io.posthorn.broker.topology;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import org.jspecify.annotations.Nullable;

/// Keeps the answer to one request.
final class Answer<T> implements Reply<T> {
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

    boolean isThere() {
        return value != null || failure != null;
    }

    T value() {
        if (failure != null) {
            throw failure;
        }
        if (value == null) {
            throw new AssertionError("no answer yet");
        }
        return value;
    }

    BrokerException failure() {
        if (failure == null) {
            throw new AssertionError("no failure, but " + value);
        }
        return failure;
    }

    private void checkFirst() {
        if (isThere()) {
            throw new AssertionError("answered twice");
        }
    }
}
