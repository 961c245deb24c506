package io.posthorn.console.api;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Message;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.Reply;

/// One message on its way in. Answered when it is the broker's, or goes nowhere. Confined to the session's thread.
record Publishing(Reply<Boolean> reply) implements ReceiptSink {
    private static final long ONLY = 1;

    static void publish(BrokerSession session, Message message, Reply<Boolean> reply) {
        int queues = session.publisher(new Publishing(reply)).publish(message, ONLY);
        session.flush();
        if (queues == 0) {
            reply.ok(false);
        }
    }

    @Override
    public void accepted(long firstSequence, long lastSequence) {
        reply.ok(true);
    }

    @Override
    public void refused(long firstSequence, long lastSequence, BrokerException cause) {
        reply.failed(cause);
    }
}
