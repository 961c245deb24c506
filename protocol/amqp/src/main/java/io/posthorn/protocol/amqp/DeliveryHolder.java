package io.posthorn.protocol.amqp;

import io.posthorn.broker.ConsumerHandle;

/// On whose behalf a delivery was taken: a consumer, or the channel's gets.
///
/// What has ended is kept only as long as it holds deliveries that can still be settled.
final class DeliveryHolder {
    private final ConsumerHandle handle;
    private int held;
    private boolean ended;
    private boolean readsStream;

    DeliveryHolder(ConsumerHandle handle) {
        this.handle = handle;
    }

    ConsumerHandle handle() {
        return handle;
    }

    /// @param fromStream whether what it took is still there for others
    void took(boolean fromStream) {
        held++;
        readsStream = fromStream;
    }

    /// Whether what it holds is a stream's. Gets never are.
    boolean readsStream() {
        return readsStream;
    }

    /// @return whether nothing is held any more, after the end
    boolean settled() {
        held--;
        return ended && held == 0;
    }

    /// No more is taken.
    ///
    /// @return whether nothing is held any more
    boolean end() {
        ended = true;
        return held == 0;
    }
}
