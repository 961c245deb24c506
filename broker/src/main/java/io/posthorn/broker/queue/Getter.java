package io.posthorn.broker.queue;

import io.posthorn.broker.Reply;

/// Takes single messages when asked.
public final class Getter extends Holder {
    private boolean gone;

    /// Its owner has gone: what it has asked for and still waits must not become anybody's.
    public void leave() {
        gone = true;
    }

    /// @param asked is told so, if that is the case
    boolean isGone(Reply<?> asked) {
        if (gone) {
            asked.failed(hasGone());
        }
        return gone;
    }
}
