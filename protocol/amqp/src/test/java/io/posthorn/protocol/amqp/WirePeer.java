package io.posthorn.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.ChannelMethod;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.protocol.amqp.wire.FrameReader;
import io.posthorn.protocol.amqp.wire.FrameWriter;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.MethodReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A peer that says exactly what a test tells it to, right or wrong.
final class WirePeer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    private final Socket socket;
    private final ByteBuf arrived = Unpooled.buffer();
    private final FrameReader frames = new FrameReader(1 << 20);
    private final MethodReader methods = new MethodReader();

    WirePeer(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    WirePeer header() throws IOException {
        return raw(HEADER);
    }

    WirePeer raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    WirePeer raw(String hex) throws IOException {
        return raw(java.util.HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    WirePeer send(int channel, Method method) throws IOException {
        return raw(frame(channel, method));
    }

    static byte[] frame(int channel, Method method) {
        ByteBuf out = Unpooled.buffer();
        new FrameWriter().method(out, channel, method);
        return ByteBufUtil.getBytes(out);
    }

    static byte[] content(int channel, String propertiesHex, byte[] body, int frameMax) {
        ByteBuf out = Unpooled.buffer();
        var properties = new Bytes(java.util.HexFormat.of().parseHex(propertiesHex));
        new FrameWriter().content(out, channel, properties, new Bytes(body), frameMax);
        return ByteBufUtil.getBytes(out);
    }

    WirePeer publish(int channel, String routingKey, byte[] body) throws IOException {
        send(channel, new BasicMethod.Publish("", routingKey, false, false));
        return raw(content(channel, "0000", body, 131_072));
    }

    WirePeer startOk(String user, String password, Arguments properties) throws IOException {
        byte[] response = ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
        return send(0, new ConnectionMethod.StartOk(properties, "PLAIN", new Bytes(response), "en_US"));
    }

    /// All of the handshake, and channel 1.
    WirePeer open() throws IOException {
        return open(131_072, 0, Arguments.NONE);
    }

    WirePeer open(int frameMax, int heartbeat, Arguments properties) throws IOException {
        header();
        expect(ConnectionMethod.Start.class);
        startOk("guest", "guest", properties);
        expect(ConnectionMethod.Tune.class);
        send(0, new ConnectionMethod.TuneOk(2_047, frameMax, heartbeat));
        send(0, new ConnectionMethod.Open("/"));
        expect(ConnectionMethod.OpenOk.class);
        send(1, new ChannelMethod.Open());
        expect(ChannelMethod.OpenOk.class);
        return this;
    }

    /// The next method, which must be of this kind; heartbeats and contents are passed over.
    <T extends Method> T expect(Class<T> type) throws IOException {
        Method method = next();
        if (!type.isInstance(method)) {
            throw new AssertionError("expected " + type.getSimpleName() + ", not " + method);
        }
        return type.cast(method);
    }

    /// The next method, or null at the end of the connection.
    @Nullable
    Method next() throws IOException {
        while (true) {
            int type = nextFrame();
            if (type < 0) {
                return null;
            }
            if (type == FrameReader.METHOD) {
                Method method = methods.read(arrived.readSlice(frames.end() - arrived.readerIndex()));
                frames.skip(arrived);
                return method;
            }
            frames.skip(arrived);
        }
    }

    /// The body whose header comes next.
    byte[] body() throws IOException {
        expectFrame(FrameReader.HEADER);
        arrived.skipBytes(4);
        byte[] body = new byte[(int) arrived.readLong()];
        frames.skip(arrived);
        for (int came = 0; came < body.length; ) {
            expectFrame(FrameReader.BODY);
            int length = frames.end() - arrived.readerIndex();
            arrived.readBytes(body, came, length);
            came += length;
            frames.skip(arrived);
        }
        return body;
    }

    private void expectFrame(int type) throws IOException {
        int came = nextFrame();
        if (came != type) {
            throw new AssertionError("expected a frame of type " + type + ", not " + came);
        }
    }

    /// @return the type of the next frame, whose payload is to be skipped; -1 at the end
    int nextFrame() throws IOException {
        arrived.discardReadBytes();
        while (!frames.find(arrived)) {
            byte[] bytes = new byte[8192];
            int read;
            try {
                read = socket.getInputStream().read(bytes);
            } catch (java.net.SocketException reset) {
                return -1;
            }
            if (read < 0) {
                return -1;
            }
            arrived.writeBytes(bytes, 0, read);
        }
        return frames.type();
    }

    void skipFrame() {
        frames.skip(arrived);
    }

    byte[] rest() throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
