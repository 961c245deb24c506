package io.posthorn.protocol.kafka;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;

/// A client that waits for answers and reads none. Confined to one thread.
final class Conversation implements AutoCloseable {
    /// An answer that takes longer never comes.
    private static final int PATIENCE_MS = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final String client;
    private int correlationId;

    /// @param client what it calls itself
    Conversation(InetSocketAddress server, String client) throws IOException {
        this.socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        this.client = client;
    }

    /// Sends one behind the other, and then waits for all answers.
    void exchange(List<AbstractRequest> requests) throws IOException {
        for (AbstractRequest request : requests) {
            var header = new RequestHeader(request.apiKey(), request.version(), client, correlationId++);
            ByteBuffer bytes = request.serializeWithHeader(header);
            byte[] frame = new byte[bytes.remaining()];
            bytes.get(frame);
            out.writeInt(frame.length);
            out.write(frame);
        }
        out.flush();
        for (int i = 0; i < requests.size(); i++) {
            in.readNBytes(in.readInt());
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
