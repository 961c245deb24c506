package io.posthorn.events;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// The network between a program and a broker of AMQP, which a test cuts, and has lose confirms. Thread-safe.
final class Wire implements Closeable {
    private static final int FRAME_HEADER = 7;
    private static final int FRAME_END = 1;
    private static final byte METHOD_FRAME = 1;
    private static final int BASIC_ACK = (60 << 16) + 80;

    private final ServerSocket entry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final URI broker;
    private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
    private final Semaphore connections = new Semaphore(0);
    private volatile boolean losesConfirms;
    private volatile boolean isBroken;

    private interface Pump {
        void run() throws IOException;
    }

    Wire(String uri) throws IOException {
        broker = URI.create(uri);
        pump(() -> {
            while (true) {
                connect(entry.accept());
            }
        });
    }

    /// By which the broker is reached over this wire.
    String uri() {
        return broker.toString().replace(":" + broker.getPort(), ":" + entry.getLocalPort());
    }

    /// Ends all connections, and waits for the next one.
    void cut() throws InterruptedException {
        connections.drainPermits();
        ends.forEach(Wire::close);
        connections.acquire();
    }

    /// Ends all connections, and whatever is tried.
    void breakDown() {
        isBroken = true;
        ends.forEach(Wire::close);
    }

    /// It can be reached again.
    void mend() {
        isBroken = false;
    }

    void losesConfirms(boolean does) {
        losesConfirms = does;
    }

    private void connect(Socket program) throws IOException {
        if (isBroken) {
            program.close();
            return;
        }
        var server = new Socket(broker.getHost(), broker.getPort());
        program.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        ends.add(program);
        ends.add(server);
        connections.release();
        pump(() -> program.getInputStream().transferTo(server.getOutputStream()), program, server);
        pump(() -> frames(new DataInputStream(server.getInputStream()), program.getOutputStream()), program, server);
    }

    private void frames(DataInputStream from, OutputStream to) throws IOException {
        while (true) {
            byte[] header = from.readNBytes(FRAME_HEADER);
            byte[] rest = from.readNBytes(ByteBuffer.wrap(header).getInt(3) + FRAME_END);
            boolean isConfirm =
                    header[0] == METHOD_FRAME && ByteBuffer.wrap(rest).getInt(0) == BASIC_ACK;
            if (!isConfirm || !losesConfirms) {
                to.write(header);
                to.write(rest);
            }
        }
    }

    private static void pump(Pump pump, Socket... both) {
        Thread.ofVirtual().name("wire").start(() -> {
            try {
                pump.run();
            } catch (IOException | IndexOutOfBoundsException e) { // cut
                for (Socket each : both) {
                    close(each);
                }
            }
        });
    }

    private static void close(Closeable each) {
        try {
            each.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        entry.close();
        breakDown();
    }
}
