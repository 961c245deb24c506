package io.posthorn.server.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Asks a broker of this user on this machine.
public final class ControlClient {
    private final int amqpPort;

    private ControlClient(int amqpPort) {
        this.amqpPort = amqpPort;
    }

    /// @param uri of the broker's AMQP listener
    public static ControlClient of(URI uri) throws ControlException {
        try {
            if (!InetAddress.getByName(uri.getHost()).isLoopbackAddress()) {
                throw new ControlException(
                        "%s is another machine; its broker can only be asked there.".formatted(uri.getHost()));
            }
        } catch (UnknownHostException e) {
            throw new ControlException("there is no host '%s'.".formatted(uri.getHost()));
        }
        return new ControlClient(uri.getPort() < 0 ? 5672 : uri.getPort());
    }

    public List<QueueLine> queues(String virtualHost) throws ControlException {
        return ask("queues " + QueueLine.encode(virtualHost)).stream()
                .map(QueueLine::parse)
                .toList();
    }

    /// The queue keeps what it gets and delivers nothing, until it is resumed.
    public void pause(String virtualHost, String queue, String reason) throws ControlException {
        ask("pause %s %s %s"
                .formatted(QueueLine.encode(virtualHost), QueueLine.encode(queue), QueueLine.encode(reason)));
    }

    public void resume(String virtualHost, String queue) throws ControlException {
        ask("resume %s %s".formatted(QueueLine.encode(virtualHost), QueueLine.encode(queue)));
    }

    /// Messages of a queue, which stay where they are.
    ///
    /// @param state `ready`, `unsettled` or `dead`
    public List<PeekLine> peek(String virtualHost, String queue, String state, int most) throws ControlException {
        return ask("peek %s %s %s %d".formatted(QueueLine.encode(virtualHost), QueueLine.encode(queue), state, most))
                .stream()
                .map(PeekLine::parse)
                .toList();
    }

    /// The first messages by due time that wait at an exchange.
    public List<DelayedLine> delayed(String virtualHost, String exchange, int most) throws ControlException {
        return ask("delayed %s %s %d".formatted(QueueLine.encode(virtualHost), QueueLine.encode(exchange), most))
                .stream()
                .map(DelayedLine::parse)
                .toList();
    }

    /// Takes a message out that waits at an exchange.
    ///
    /// @return whether it waited there
    public boolean cancelDelayed(String virtualHost, String exchange, long id) throws ControlException {
        return ask("cancel-delayed %s %s %d".formatted(QueueLine.encode(virtualHost), QueueLine.encode(exchange), id))
                .equals(List.of("true"));
    }

    private List<String> ask(String question) throws ControlException {
        try {
            ControlDirectory.check();
        } catch (IOException e) {
            throw nobody();
        }
        try (var socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            if (!connects(socket)) {
                throw nobody();
            }
            socket.write(ByteBuffer.wrap((question + "\n").getBytes(StandardCharsets.UTF_8)));
            return answer(new BufferedReader(Channels.newReader(socket, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new ControlException(
                    "the broker did not answer on its control socket: %s.".formatted(e.getMessage()));
        }
    }

    private boolean connects(SocketChannel socket) {
        try {
            return socket.connect(UnixDomainSocketAddress.of(ControlDirectory.socket(amqpPort)));
        } catch (IOException e) {
            return false; // no such socket, or one left behind by a broker that was killed
        }
    }

    // `ok`, the lines and `end`; or `failed` and why.
    private static List<String> answer(BufferedReader in) throws IOException, ControlException {
        String first = in.readLine();
        if (first == null || !first.equals("ok")) {
            throw new ControlException(
                    first != null && first.startsWith("failed ")
                            ? QueueLine.decode(first.substring(7))
                            : "the broker hung up.");
        }
        var lines = new ArrayList<String>();
        for (String line = in.readLine(); !"end".equals(line); line = in.readLine()) {
            if (line == null) {
                throw new ControlException("the broker hung up in the middle of its answer.");
            }
            lines.add(line);
        }
        return lines;
    }

    private ControlException nobody() {
        return new ControlException(("no broker of user '%s' answers for AMQP port %d on this machine."
                        + " Start one with './posthorn serve', name another port with --url,"
                        + " or ask as the user who runs it.")
                .formatted(System.getProperty("user.name"), amqpPort));
    }
}
