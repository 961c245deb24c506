package io.posthorn.verification.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// One AMQP connection with one channel. Blocking until [#nonBlocking]; confined to one thread, except that
/// one thread may send while another reads.
final class Wire implements AutoCloseable {
    static final int FRAME_MAX = 131_072;

    private static final int HEAD_BYTES = 7;
    private static final int BUFFER = 1 << 20;

    private final SocketChannel socket;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).limit(0);
    private final ByteBuffer small = ByteBuffer.allocate(4_096);

    private byte type;
    private int payload;
    private int length;

    private Wire(SocketChannel socket) {
        this.socket = socket;
    }

    static Wire open(int port) throws IOException {
        var socket = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        var wire = new Wire(socket);
        Frames.protocolHeader(wire.small);
        wire.call(Frames.CONNECTION_START);
        Frames.startOk(wire.small);
        wire.call(Frames.CONNECTION_TUNE);
        short channels = wire.in.getShort(wire.payload + 4);
        Frames.tuneOk(wire.small, channels, Math.min(FRAME_MAX, wire.in.getInt(wire.payload + 6)));
        Frames.connectionOpen(wire.small);
        wire.call(Frames.CONNECTION_OPEN_OK);
        Frames.channelOpen(wire.small);
        wire.call(Frames.CHANNEL_OPEN_OK);
        return wire;
    }

    /// Whether an AMQP server answers there; waits for its answer, but not for its port.
    static boolean answers(int port) {
        try (var socket = SocketChannel.open()) {
            socket.socket().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
            var wire = new Wire(socket);
            Frames.protocolHeader(wire.small);
            wire.call(Frames.CONNECTION_START);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// @return messages in the queue
    int declare(String queue, String type) throws IOException {
        Frames.queueDeclare(small, queue, type);
        call(Frames.QUEUE_DECLARE_OK);
        int name = in.get(payload + 4) & 0xFF;
        return in.getInt(payload + 5 + name);
    }

    void delete(String queue) throws IOException {
        Frames.queueDelete(small, queue);
        call(Frames.QUEUE_DELETE_OK);
    }

    void selectConfirms() throws IOException {
        Frames.confirmSelect(small);
        call(Frames.CONFIRM_SELECT_OK);
    }

    void consume(String queue, boolean autoAck, int prefetch) throws IOException {
        if (prefetch > 0) {
            Frames.qos(small, prefetch);
            call(Frames.QOS_OK);
        }
        Frames.consume(small, queue, autoAck);
        call(Frames.CONSUME_OK);
    }

    SocketChannel nonBlocking() throws IOException {
        socket.configureBlocking(false);
        return socket;
    }

    void send(ByteBuffer frames) throws IOException {
        while (frames.hasRemaining()) {
            socket.write(frames);
        }
    }

    /// Reads once, what there is. The frame looked at before is gone.
    void fill() throws IOException {
        in.compact();
        int read = socket.read(in);
        in.flip();
        if (read < 0) {
            throw new EOFException("the broker closed the connection");
        }
    }

    /// Goes to the next whole frame of what was read.
    boolean next() {
        while (in.remaining() >= HEAD_BYTES) {
            int at = in.position();
            length = in.getInt(at + 3);
            if (in.remaining() < HEAD_BYTES + length + 1) {
                return false;
            }
            type = in.get(at);
            payload = at + HEAD_BYTES;
            in.position(payload + length + 1);
            if (type != Frames.HEARTBEAT) {
                return true;
            }
        }
        return false;
    }

    boolean isBody() {
        return type == Frames.BODY;
    }

    /// The class and method of this frame; 0 for a frame that is no method.
    int method() {
        return type == Frames.METHOD ? in.getInt(payload) : 0;
    }

    long longAt(int offset) {
        return in.getLong(payload + offset);
    }

    byte byteAt(int offset) {
        return in.get(payload + offset);
    }

    /// The delivery tag of a basic.deliver, which follows the consumer's tag.
    long deliveryTag() {
        return in.getLong(payload + 5 + (in.get(payload + 4) & 0xFF));
    }

    /// Says why when the broker closed the channel or connection.
    void refuseClose() throws IOException {
        int method = method();
        if (method == Frames.CHANNEL_CLOSE || method == Frames.CONNECTION_CLOSE) {
            byte[] text = new byte[in.get(payload + 6) & 0xFF];
            in.get(payload + 7, text);
            throw new IOException(in.getShort(payload + 4) + " " + new String(text, StandardCharsets.UTF_8));
        }
    }

    private void call(int answer) throws IOException {
        send(small.flip());
        small.clear();
        while (true) {
            while (!next()) {
                fill();
            }
            refuseClose();
            if (method() == answer) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
