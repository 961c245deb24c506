package io.posthorn.broker;

/// An answer about an end, which cannot fail: what is gone or broken has ended as well.
record Anyway(Reply<Done> reply) implements Reply<Done> {
    @Override
    public void ok(Done value) {
        reply.ok(value);
    }

    @Override
    public void failed(BrokerException cause) {
        reply.ok(Done.DONE);
    }
}
