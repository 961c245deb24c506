package io.posthorn.protocol.amqp;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;

/// One answer for several: passed on when the last of them is there, and a failure when any is one. Confined to the
/// thread of the connection.
final class AllDone implements Reply<Done> {
    private final Reply<Done> reply;
    private int missing;
    private boolean failed;

    /// @param missing how many answers there will be, at least one
    AllDone(int missing, Reply<Done> reply) {
        this.missing = missing;
        this.reply = reply;
    }

    @Override
    public void ok(Done value) {
        if (--missing == 0 && !failed) {
            reply.ok(value);
        }
    }

    @Override
    public void failed(BrokerException cause) {
        if (!failed) {
            failed = true;
            reply.failed(cause);
        }
    }
}
