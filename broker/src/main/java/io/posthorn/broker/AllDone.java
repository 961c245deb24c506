package io.posthorn.broker;

import org.jspecify.annotations.Nullable;

/// One answer for several: passed on when the last of them is there, as a failure when any is one. Confined to the
/// thread on which the answers come.
public final class AllDone implements Reply<Done> {
    private final Reply<Done> reply;
    private int missing;
    private @Nullable BrokerException failure;

    /// @param missing how many answers there will be, at least one
    public AllDone(int missing, Reply<Done> reply) {
        this.missing = missing;
        this.reply = reply;
    }

    @Override
    public void ok(Done value) {
        missing--;
        if (missing > 0) {
            return;
        }
        if (failure == null) {
            reply.ok(value);
        } else {
            reply.failed(failure);
        }
    }

    @Override
    public void failed(BrokerException cause) {
        failure = cause;
        ok(Done.DONE);
    }
}
