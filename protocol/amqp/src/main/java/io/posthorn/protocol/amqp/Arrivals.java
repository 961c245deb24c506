package io.posthorn.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingHeader;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.FrameReader;
import io.posthorn.transport.ReadGate;
import org.jspecify.annotations.Nullable;

/// What has arrived and is not decoded yet, cut into frames as long as the read gate is open. Confined to the
/// thread of its connection.
final class Arrivals {
    private static final int HEADER_LENGTH = 8;

    private final AmqpConnection connection;
    private final ReadGate gate;
    private final FrameReader frames;
    private @Nullable ByteBuf arrived;
    private boolean decoding;

    /// @param frameMax how long a frame may be as long as nobody is logged in
    Arrivals(AmqpConnection connection, ReadGate gate, int frameMax) {
        this.frames = new FrameReader(frameMax);
        this.connection = connection;
        this.gate = gate;
    }

    /// How long a frame may be from now on.
    void limit(int frameMax) {
        frames.limit(frameMax);
    }

    void add(ByteBufAllocator allocator, ByteBuf bytes) {
        arrived = arrived == null
                ? onHeap(allocator, bytes)
                : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, arrived, bytes);
    }

    // Frames are looked at octet by octet, which without Unsafe is much cheaper in an array than in direct memory.
    private static ByteBuf onHeap(ByteBufAllocator allocator, ByteBuf bytes) {
        if (bytes.hasArray()) {
            return bytes; // what was decrypted
        }
        ByteBuf copy = allocator.heapBuffer(bytes.readableBytes());
        copy.writeBytes(bytes);
        bytes.release();
        return copy;
    }

    boolean isDecoding() {
        return decoding;
    }

    /// Bytes that wait to be decoded.
    int waiting() {
        return arrived == null ? 0 : arrived.readableBytes();
    }

    /// Decodes what is there, until the gate closes.
    void decode() {
        if (decoding) {
            return;
        }
        decoding = true;
        try {
            while (arrived != null && gate.isOpen() && decodeOne(arrived)) {
                // everything that is there
            }
        } catch (AmqpException unreadable) {
            connection.unreadable(unreadable);
        } catch (RuntimeException fault) {
            connection.fault(fault);
        } finally {
            decoding = false;
        }
        letGo();
    }

    private boolean decodeOne(ByteBuf in) {
        ConnectionState state = connection.state();
        if (state.isDeaf()) {
            return false;
        }
        return state instanceof AwaitingHeader ? protocolHeader(in) : frame(in);
    }

    private boolean protocolHeader(ByteBuf in) {
        if (in.readableBytes() < HEADER_LENGTH) {
            return false;
        }
        byte[] header = new byte[HEADER_LENGTH];
        in.readBytes(header);
        connection.onProtocolHeader(header);
        return true;
    }

    private boolean frame(ByteBuf in) {
        if (!frames.find(in)) {
            return false;
        }
        // For the time of its handling the buffer ends where the frame's payload ends.
        int writerIndex = in.writerIndex();
        in.writerIndex(frames.end());
        try {
            connection.onFrame(frames.type(), frames.channel(), in);
        } catch (AmqpException refused) {
            connection.refuse(frames.channel(), refused);
        } finally {
            in.writerIndex(writerIndex);
            frames.skip(in);
        }
        return true;
    }

    // What is decoded is let go, and what will never be.
    private void letGo() {
        if (waiting() == 0 || connection.state().isDeaf()) {
            release();
        }
    }

    void release() {
        if (arrived != null && !decoding) {
            arrived.release();
            arrived = null;
        }
    }
}
