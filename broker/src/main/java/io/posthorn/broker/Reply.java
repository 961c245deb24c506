package io.posthorn.broker;

/// Takes the one answer to a command, on the session's io executor.
public interface Reply<T> {
    void ok(T value);

    void failed(BrokerException cause);
}
