package io.posthorn.protocol.kafka;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/// A client that sends requests, or whatever else, one frame at a time.
public final class RawKafka implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private int correlationId;

    public RawKafka(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /// Sends a request in the version that it was built for, and waits for its answer.
    public AbstractResponse ask(AbstractRequest request) throws IOException {
        RequestHeader header = send(request);
        return AbstractResponse.parseResponse(frame(), header);
    }

    public <T extends AbstractResponse> T ask(AbstractRequest request, Class<T> answer) throws IOException {
        return answer.cast(ask(request));
    }

    public RequestHeader send(AbstractRequest request) throws IOException {
        var header = new RequestHeader(request.apiKey(), request.version(), "raw", correlationId++);
        ByteBuffer bytes = request.serializeWithHeader(header);
        sendFrame(bytes);
        return header;
    }

    /// An answer to what was sent before.
    public AbstractResponse answer(RequestHeader header) throws IOException {
        return AbstractResponse.parseResponse(frame(), header);
    }

    /// A request of whatever kind and version, with whatever behind its header.
    public void send(int api, int version, byte[] rest) throws IOException {
        var bytes = ByteBuffer.allocate(8 + 2 + 3 + rest.length);
        bytes.putShort((short) api).putShort((short) version).putInt(correlationId++);
        bytes.putShort((short) 3).put(new byte[] {'r', 'a', 'w'}).put(rest).flip();
        sendFrame(bytes);
    }

    /// For a header that is flexible: one more byte, for no tags.
    public void sendFlexible(ApiKeys api, int version, byte[] rest) throws IOException {
        byte[] tagged = new byte[rest.length + 1];
        System.arraycopy(rest, 0, tagged, 1, rest.length);
        send(api.id, version, tagged);
    }

    public void sendFrame(ByteBuffer bytes) throws IOException {
        byte[] framed = new byte[4 + bytes.remaining()];
        ByteBuffer.wrap(framed).putInt(bytes.remaining()).put(bytes);
        sendBytes(framed);
    }

    public void sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /// So many bytes of whatever comes.
    public void readSome(int bytes) throws IOException {
        in.readFully(new byte[bytes]);
    }

    public ByteBuffer frame() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /// Waits until the broker has closed the connection without another word.
    public boolean isClosedByPeer() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException | SocketException _) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
