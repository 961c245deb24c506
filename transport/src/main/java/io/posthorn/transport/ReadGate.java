package io.posthorn.transport;

import io.netty.channel.Channel;
import java.util.EnumSet;

/// Whether a connection is read. It is read when nobody has a reason against it; each reason is withdrawn by
/// whoever gave it. Confined to the connection's loop.
public final class ReadGate {
    /// Why a connection is not read for now.
    public enum Reason {
        /// Its login is being checked.
        LOGIN,
        /// Its own command waits for the broker.
        COMMAND,
        /// What goes with a channel that is closing, or with itself, is not gone yet.
        GOODBYE,
        /// The broker takes no more of its publishes.
        BROKER_FULL,
        /// A resource runs out, and it is a publisher.
        ALARM,
        /// It does not read what we answer.
        OUTBOX_FULL
    }

    private final Channel channel;
    private final EnumSet<Reason> reasons = EnumSet.noneOf(Reason.class);
    private Runnable onOpen = () -> {};
    private boolean openForGood;

    ReadGate(Channel channel) {
        this.channel = channel;
    }

    /// What is to be done when the gate opens, before more is read: decode what was read already. It may
    /// close the gate again.
    public void onOpen(Runnable action) {
        onOpen = action;
    }

    public boolean isOpen() {
        return reasons.isEmpty();
    }

    public void close(Reason reason) {
        if (!openForGood && reasons.add(reason)) {
            channel.config().setAutoRead(false);
        }
    }

    public void open(Reason reason) {
        if (reasons.remove(reason) && reasons.isEmpty()) {
            onOpen.run();
            channel.config().setAutoRead(reasons.isEmpty());
        }
    }

    /// Opens, and lets nobody close any more: the connection is at its end, and only its goodbye is awaited, which may
    /// have been read already.
    public void openForGood() {
        openForGood = true;
        boolean wasClosed = !isOpen();
        reasons.clear();
        if (wasClosed) {
            onOpen.run();
        }
        channel.config().setAutoRead(true);
    }

    public boolean isClosedBy(Reason reason) {
        return reasons.contains(reason);
    }

    @Override
    public String toString() {
        return reasons.isEmpty() ? "open" : "closed: " + reasons;
    }
}
