package io.posthorn.protocol.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.posthorn.broker.ReportingListener;
import io.posthorn.transport.Connection;
import io.posthorn.transport.Outbox;
import io.posthorn.transport.ReadGate;
import java.io.IOException;
import java.lang.System.Logger.Level;

/// One connection, whatever it speaks: its passes, and what holds it up. Confined to the thread of its loop.
///
/// A pass is what one wake-up of the loop brings: all that was read is handled, then the session hands over what that
/// collected, then everything there is to say is written at once.
public abstract class ConnectionHandler extends ChannelInboundHandlerAdapter implements ReportingListener {
    protected final Connection transport;
    protected final ReadGate gate;
    protected final Outbox outbox;
    private final System.Logger log = System.getLogger(getClass().getName());
    private boolean inPass;
    private String who;

    protected ConnectionHandler(Connection transport) {
        this.transport = transport;
        this.gate = transport.readGate();
        this.outbox = transport.outbox();
        this.who = transport.name();
    }

    // ---- Passes

    @Override
    public final void channelRead(ChannelHandlerContext context, Object message) {
        var bytes = (ByteBuf) message;
        if (isDeaf()) {
            bytes.release();
        } else {
            inPass = true;
            received(bytes);
        }
    }

    /// Whether nothing that still comes is for anybody.
    protected abstract boolean isDeaf();

    /// @param bytes are the callee's to release
    protected abstract void received(ByteBuf bytes);

    @Override
    public final void channelReadComplete(ChannelHandlerContext context) {
        handOver();
        outbox.flush();
        account();
        inPass = false;
        stopIfStuffed();
    }

    /// A peer that does not read what we say is not asked for more, nor heard any further.
    public final void stopIfStuffed() {
        if (outbox.isStuffed()) {
            gate.close(ReadGate.Reason.OUTBOX_FULL);
        }
    }

    /// What the session has collected goes to the broker.
    protected abstract void handOver();

    /// Tells the broker's one account of memory what this connection holds, so that many half-sent messages, or many
    /// peers that do not read, raise its alarm.
    protected abstract void account();

    /// Something was done: it is handed over, and what there is to say is said, at the end of this pass or soon.
    protected final void endPassIfNone() {
        if (!inPass) {
            handOver();
            account();
            stopIfStuffed();
            outbox.flushSoon();
        }
    }

    /// What is in the outbox goes out with this pass, or soon.
    public final void flushAfterThisPass() {
        if (!inPass) {
            outbox.flushSoon();
        }
    }

    // ---- What holds it up

    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext context) {
        account();
        if (!outbox.isFull()) {
            gate.open(ReadGate.Reason.OUTBOX_FULL);
            resumed();
        }
    }

    /// The peer takes something again.
    protected void resumed() {
        // The gate is open, which is enough for most.
    }

    @Override
    public final void acceptsPublishes(boolean open) {
        if (open) {
            gate.open(ReadGate.Reason.BROKER_FULL);
        } else {
            gate.close(ReadGate.Reason.BROKER_FULL);
        }
    }

    // ---- Who it is

    /// For logs: the addresses of both ends, and the user when it is known.
    public final String who() {
        return who;
    }

    protected final void isFrom(String name) {
        who = name;
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A reset connection is the peer's way to go; anything else is a fault of ours.
        if (cause instanceof IOException) {
            log.log(Level.DEBUG, "{0}: {1}", who, cause.getMessage());
        } else {
            log.log(Level.ERROR, who + ": closed by a fault", cause);
        }
        transport.close();
    }
}
