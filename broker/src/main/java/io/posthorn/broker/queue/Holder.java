package io.posthorn.broker.queue;

/// Who holds deliveries of one queue that are not settled yet. Made by a session, then touched by the queue's
/// thread only.
public abstract sealed class Holder permits Consumer, Getter {
    private final OffsetSet held = new OffsetSet();

    /// The offsets delivered and not settled.
    final OffsetSet held() {
        return held;
    }
}
