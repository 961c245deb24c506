package io.posthorn.broker;

import io.posthorn.broker.shard.Outlet;

/// Brings an answer from a shard's thread to the session's.
record OutletReply<T>(Outlet outlet, Reply<T> reply) implements Reply<T> {
    @Override
    public void ok(T value) {
        outlet.run(() -> reply.ok(value));
    }

    @Override
    public void failed(BrokerException cause) {
        outlet.run(() -> reply.failed(cause));
    }
}
