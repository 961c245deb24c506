package io.posthorn.verification.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// A bare socket that speaks AMQP by hand, and so can say what no client library would.
final class RawAmqp implements AutoCloseable {
    static final int METHOD = 1;
    static final int HEADER = 2;
    static final int BODY = 3;
    static final int HEARTBEAT = 8;
    static final byte[] PROTOCOL = hex("414d5150 00000901");
    static final byte[] PLAIN_GUEST = "\0guest\0guest".getBytes(UTF_8);

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    /// Only the TCP connection; nothing is sent.
    RawAmqp() throws IOException {
        this(BrokerUnderTest.url());
    }

    RawAmqp(URI broker) throws IOException {
        socket = new Socket(broker.getHost(), broker.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) Amqp.PATIENCE.toMillis());
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    /// A connection that waits for start-ok.
    static RawAmqp started() throws IOException {
        RawAmqp raw = new RawAmqp();
        raw.send(PROTOCOL);
        raw.expect(10, 10);
        return raw;
    }

    /// An open connection with the given frame size, and no channel.
    static RawAmqp opened(int frameMax) throws IOException {
        RawAmqp raw = started();
        raw.startOk("PLAIN", PLAIN_GUEST);
        raw.expect(10, 30);
        raw.method(0, 10, 31, new Arguments().uint16(2047).uint32(frameMax).uint16(0));
        raw.method(0, 10, 40, new Arguments().shortString("/").shortString("").octet(0));
        raw.expect(10, 41);
        return raw;
    }

    /// An open connection with channel 1.
    static RawAmqp withChannel() throws IOException {
        RawAmqp raw = opened(131_072);
        raw.openChannel(1);
        return raw;
    }

    /// An open connection to this broker, of a client with these capabilities, with channel 1.
    static RawAmqp withChannel(URI broker, int heartbeat, String... capabilities) throws IOException {
        RawAmqp raw = new RawAmqp(broker);
        raw.send(PROTOCOL);
        raw.expect(10, 10);
        raw.startOk("PLAIN", PLAIN_GUEST, capabilities);
        raw.expect(10, 30);
        raw.method(0, 10, 31, new Arguments().uint16(2047).uint32(131_072).uint16(heartbeat));
        raw.method(0, 10, 40, new Arguments().shortString("/").shortString("").octet(0));
        raw.expect(10, 41);
        raw.openChannel(1);
        return raw;
    }

    void openChannel(int channel) throws IOException {
        method(channel, 20, 10, new Arguments().shortString(""));
        expect(20, 11);
    }

    void startOk(String mechanism, byte[] response) throws IOException {
        startOk(mechanism, response, "authentication_failure_close");
    }

    void startOk(String mechanism, byte[] response, String... capabilities) throws IOException {
        Arguments understood = new Arguments();
        for (String capability : capabilities) {
            understood.shortString(capability).octet('t').octet(1);
        }
        Arguments properties =
                new Arguments().shortString("capabilities").octet('F').table(understood.bytes());
        method(
                0,
                10,
                11,
                new Arguments()
                        .table(properties.bytes())
                        .shortString(mechanism)
                        .longString(response)
                        .shortString("en_US"));
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void method(int channel, int classId, int methodId, Arguments arguments) throws IOException {
        byte[] payload = ByteBuffer.allocate(4 + arguments.bytes().length)
                .putShort((short) classId)
                .putShort((short) methodId)
                .put(arguments.bytes())
                .array();
        frame(METHOD, channel, payload);
    }

    void frame(int type, int channel, byte[] payload) throws IOException {
        send(frameBytes(type, channel, payload));
    }

    static byte[] frameBytes(int type, int channel, byte[] payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .put((byte) type)
                .putShort((short) channel)
                .putInt(payload.length)
                .put(payload)
                .put((byte) 0xce)
                .array();
    }

    void publish(int channel, String queue, byte[] properties, byte[] body) throws IOException {
        method(
                channel,
                60,
                40,
                new Arguments().uint16(0).shortString("").shortString(queue).octet(0));
        frame(HEADER, channel, header(60, body.length, properties));
        if (body.length > 0) {
            frame(BODY, channel, body);
        }
    }

    static byte[] header(int classId, long bodySize, byte[] properties) {
        return ByteBuffer.allocate(12 + properties.length)
                .putShort((short) classId)
                .putShort((short) 0)
                .putLong(bodySize)
                .put(properties)
                .array();
    }

    /// The next frame that is no heartbeat.
    Frame read() throws IOException {
        while (true) {
            Frame frame = readAny();
            if (frame.type != HEARTBEAT) {
                return frame;
            }
        }
    }

    Frame readAny() throws IOException {
        int type = in.readUnsignedByte();
        int channel = in.readUnsignedShort();
        byte[] payload = in.readNBytes(in.readInt());
        if (in.readUnsignedByte() != 0xce) {
            throw new IOException("the frame does not end where it says");
        }
        return new Frame(type, channel, payload);
    }

    /// Reads until this method comes, and complains of a close that comes instead.
    Frame expect(int classId, int methodId) throws IOException {
        while (true) {
            Frame frame = read();
            if (frame.is(classId, methodId)) {
                return frame;
            }
            if (frame.is(10, 50) || frame.is(20, 40)) {
                throw new IOException("closed instead: " + frame.close());
            }
        }
    }

    /// Everything but heartbeats, up to this method.
    List<Frame> framesUpTo(int classId, int methodId) throws IOException {
        List<Frame> frames = new ArrayList<>();
        do {
            frames.add(read());
        } while (!frames.getLast().is(classId, methodId));
        return frames;
    }

    /// Reads up to the close of a channel or the connection. @return what it says
    Close expectClose() throws IOException {
        while (true) {
            Frame frame = read();
            if (frame.is(10, 50) || frame.is(20, 40)) {
                return frame.close();
            }
        }
    }

    /// Whether the broker has ended the connection, after whatever it still sent.
    boolean ends() throws IOException {
        try {
            while (true) {
                in.readByte();
            }
        } catch (EOFException | SocketException ended) {
            return true;
        }
    }

    byte[] readRaw(int length) throws IOException {
        return in.readNBytes(length);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    /// What channel.close and connection.close say alike.
    record Close(boolean ofConnection, int code, String text, int classId, int methodId) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Frame(int type, int channel, byte[] payload) {
        boolean is(int classId, int methodId) {
            ByteBuffer bytes = ByteBuffer.wrap(payload);
            return type == METHOD && bytes.getShort(0) == classId && bytes.getShort(2) == methodId;
        }

        Close close() {
            ByteBuffer bytes = ByteBuffer.wrap(payload);
            boolean ofConnection = bytes.getShort() == 10;
            bytes.getShort();
            int code = bytes.getShort();
            byte[] text = new byte[bytes.get() & 0xff];
            bytes.get(text);
            return new Close(ofConnection, code, new String(text, UTF_8), bytes.getShort(), bytes.getShort());
        }
    }

    /// The arguments of a method, written one after the other.
    static final class Arguments {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Arguments octet(int value) {
            bytes.write(value);
            return this;
        }

        Arguments uint16(int value) {
            return octet(value >> 8).octet(value);
        }

        Arguments uint32(int value) {
            return uint16(value >>> 16).uint16(value);
        }

        Arguments uint64(long value) {
            return uint32((int) (value >>> 32)).uint32((int) value);
        }

        Arguments shortString(String text) {
            byte[] encoded = text.getBytes(UTF_8);
            octet(encoded.length);
            bytes.writeBytes(encoded);
            return this;
        }

        Arguments longString(byte[] value) {
            uint32(value.length);
            bytes.writeBytes(value);
            return this;
        }

        /// A field table whose fields are already encoded.
        Arguments table(byte[] fields) {
            return longString(fields);
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
