package io.posthorn.protocol.kafka.admin;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;

/// A reply to somebody who does not care what the answer is, but that it is there.
record Widened<T>(Reply<Object> reply) implements Reply<T> {
    @Override
    public void ok(T value) {
        reply.ok(value);
    }

    @Override
    public void failed(BrokerException cause) {
        reply.failed(cause);
    }
}
