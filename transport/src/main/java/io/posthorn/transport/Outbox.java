package io.posthorn.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import org.jspecify.annotations.Nullable;

/// What a connection has to say, collected in one buffer and written once per pass of its loop. Confined to
/// the thread of that loop.
public final class Outbox {
    private static final int SMALLEST = 512;
    private static final int CHUNK = 128 * 1024;

    /// Beyond this the peer is so far behind that it is not asked for more.
    private static final long STUFFED = 8L * 1024 * 1024;

    private final Channel channel;
    private @Nullable ByteBuf buffer;
    private int lastSize = SMALLEST;
    private boolean flushIsDue;
    private boolean closed;
    private long sentBytes;
    private long writes;
    private Runnable beforeFlush = () -> {};

    Outbox(Channel channel) {
        this.channel = channel;
    }

    /// What has to be added just before anything is written: answers that gain from being late.
    public void beforeFlush(Runnable action) {
        beforeFlush = action;
    }

    /// Where to append whole frames. What is appended is sent by the next [#flush], or at the end of the
    /// pass after [#flushSoon].
    public ByteBuf writer() {
        ByteBuf current = buffer;
        if (current != null && current.readableBytes() >= CHUNK) {
            write(current);
            current = null;
        }
        if (current == null) {
            // On the heap, where frames written field by field cost least; the socket copies it once as a whole.
            current = channel.alloc().heapBuffer(lastSize);
            buffer = current;
        }
        return current;
    }

    /// Sends these bytes behind what was collected, without copying them.
    public void append(ByteBuf bytes) {
        writeCollected();
        write(bytes);
    }

    /// The same.
    ///
    /// @param written is run once they have left, or never will
    public void append(ByteBuf bytes, Runnable written) {
        writeCollected();
        if (closed) {
            bytes.release();
            written.run();
            return;
        }
        sentBytes += bytes.readableBytes();
        writes++;
        var _ = channel.write(bytes).addListener(_ -> written.run());
    }

    private void writeCollected() {
        ByteBuf current = buffer;
        if (current != null) {
            buffer = null;
            write(current);
        }
    }

    /// Lets everything be sent when the loop has done what it is doing now.
    public void flushSoon() {
        if (!flushIsDue) {
            flushIsDue = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    public void flush() {
        beforeFlush.run();
        flushIsDue = false;
        ByteBuf current = buffer;
        if (current != null) {
            lastSize = Math.clamp(current.readableBytes() * 5L / 4, SMALLEST, CHUNK + SMALLEST);
            buffer = null;
            write(current);
        }
        channel.flush();
    }

    /// Sends what is there, and closes the connection behind it.
    public void flushAndClose() {
        flush();
        closed = true;
        channel.writeAndFlush(channel.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
    }

    /// Whether the peer lags behind: not the moment for more deliveries.
    public boolean isFull() {
        return !channel.isWritable();
    }

    /// Whether the peer lags so far behind that even its questions should wait.
    public boolean isStuffed() {
        var outbound = channel.unsafe().outboundBuffer();
        return outbound != null && outbound.totalPendingWriteBytes() > STUFFED;
    }

    /// Bytes that the peer does not take; 0 as long as it keeps up.
    public long unsent() {
        var outbound = channel.unsafe().outboundBuffer();
        return outbound == null || channel.isWritable() ? 0 : outbound.totalPendingWriteBytes();
    }

    /// Bytes collected and not yet handed to the socket.
    public int collected() {
        return buffer == null ? 0 : buffer.readableBytes();
    }

    /// What was handed to the socket so far.
    public long sentBytes() {
        return sentBytes;
    }

    /// In how many pieces.
    public long writes() {
        return writes;
    }

    /// Frees what will never be sent.
    public void release() {
        closed = true;
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }

    private void write(ByteBuf bytes) {
        if (closed || !bytes.isReadable()) {
            bytes.release();
        } else {
            sentBytes += bytes.readableBytes();
            writes++;
            var _ = channel.write(bytes, channel.voidPromise());
        }
    }
}
