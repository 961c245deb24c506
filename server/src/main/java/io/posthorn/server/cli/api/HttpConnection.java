package io.posthorn.server.cli.api;

import io.posthorn.server.control.ControlDirectory;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// As much of HTTP/1.1 (RFC 9112) as a command needs, on a socket of the network or of the machine.
///
/// The JDK's client cannot use the latter, and costs more to load than all the rest of a command.
final class HttpConnection {
    private static final int LONGEST_LINE = 64 * 1024;

    private final Endpoint endpoint;
    private final Duration patience;
    private final AutoCloseable socket;
    private final InputStream in;
    private final OutputStream out;
    private boolean reusable;
    private volatile boolean expired;

    private HttpConnection(
            Endpoint endpoint, Duration patience, AutoCloseable socket, InputStream in, OutputStream out) {
        this.endpoint = endpoint;
        this.patience = patience;
        this.socket = socket;
        this.in = new BufferedInputStream(in, 1 << 14);
        this.out = out;
    }

    /// @throws ApiException.Unreachable when nobody is there
    static HttpConnection open(Endpoint endpoint, Duration patience) {
        return switch (endpoint) {
            case Endpoint.Local local -> openLocal(local, patience);
            case Endpoint.Remote remote -> openRemote(remote, patience);
        };
    }

    private static HttpConnection openLocal(Endpoint.Local local, Duration patience) {
        try {
            ControlDirectory.check();
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(ControlDirectory.socket(local.amqpPort())));
                return on(channel, local, patience);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | UnsupportedOperationException e) {
            // No such socket, or one left behind by a broker that was killed.
            throw new ApiException.Unreachable(("no broker of user '%s' answers for AMQP port %d on this machine."
                            + " Start one with './posthorn serve', name another port with --url amqp://127.0.0.1:PORT,"
                            + " ask as the user who runs it, or use --url http://USER:PASSWORD@HOST:15672.")
                    .formatted(System.getProperty("user.name"), local.amqpPort()));
        }
    }

    private static HttpConnection openRemote(Endpoint.Remote remote, Duration patience) {
        try {
            var address =
                    new InetSocketAddress(InetAddress.getByName(remote.uri().getHost()), remote.port());
            SocketChannel channel = SocketChannel.open();
            try {
                connect(channel, address, patience);
                return remote.encrypted() ? encrypted(channel, remote, patience) : on(channel, remote, patience);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (UnknownHostException e) {
            throw new ApiException.Unreachable(
                    "there is no host '%s'. Check --url.".formatted(remote.uri().getHost()));
        } catch (SSLException distrust) {
            throw new ApiException.Unreachable(
                    "%s was not trusted: %s. An authority of your own is named by JAVA_OPTS=-Djavax.net.ssl.trustStore=FILE"
                            .formatted(remote.name(), ManagementClient.message(distrust)));
        } catch (IOException e) {
            throw new ApiException.Unreachable(
                    "nobody answers at %s (%s). Is that the HTTP port of a broker? Check --url."
                            .formatted(remote.name(), ManagementClient.message(e)));
        }
    }

    private static void connect(SocketChannel channel, InetSocketAddress address, Duration patience)
            throws IOException {
        channel.socket().connect(address, (int) Math.min(patience.toMillis(), 10_000));
    }

    private static HttpConnection on(SocketChannel channel, Endpoint endpoint, Duration patience) {
        return new HttpConnection(
                endpoint, patience, channel, Channels.newInputStream(channel), Channels.newOutputStream(channel));
    }

    private static HttpConnection encrypted(SocketChannel channel, Endpoint.Remote remote, Duration patience)
            throws IOException {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var socket =
                (SSLSocket) factory.createSocket(channel.socket(), remote.uri().getHost(), remote.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new HttpConnection(remote, patience, socket, socket.getInputStream(), socket.getOutputStream());
    }

    boolean isReusable() {
        return reusable;
    }

    boolean hasExpired() {
        return expired;
    }

    Answer exchange(String method, String path, @Nullable String body, Map<String, String> headers) throws IOException {
        Thread watch = Thread.ofPlatform().daemon().name("patience").start(this::expire);
        try {
            write(method, path, body, headers);
            return read();
        } finally {
            watch.interrupt();
        }
    }

    // A blocking channel knows no timeout; closing it ends its read.
    private void expire() {
        try {
            Thread.sleep(patience);
            expired = true;
            close();
        } catch (InterruptedException answered) {
            // In time.
        }
    }

    void close() {
        try {
            socket.close();
        } catch (Exception e) {
            // It is of no use any more, closed or not.
        }
    }

    private void write(String method, String path, @Nullable String body, Map<String, String> headers)
            throws IOException {
        byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        var head = new StringBuilder(256);
        head.append(method).append(' ').append(prefix()).append(path).append(" HTTP/1.1\r\n");
        head.append("Host: ").append(host()).append("\r\nAccept: */*\r\n");
        credentials()
                .ifPresent(value ->
                        head.append("Authorization: Basic ").append(value).append("\r\n"));
        headers.forEach((name, value) ->
                head.append(name).append(": ").append(printable(value)).append("\r\n"));
        if (body != null) {
            head.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(content.length)
                    .append("\r\n");
        }
        head.append("\r\n");
        var request = new ByteArrayOutputStream(head.length() + content.length);
        request.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(content);
        request.writeTo(out);
        out.flush();
    }

    // A header is one line of printable ASCII.
    private static String printable(String text) {
        return text.replaceAll("[^ -~]", " ");
    }

    private String prefix() {
        return endpoint instanceof Endpoint.Remote remote ? remote.path() : "";
    }

    private String host() {
        return endpoint instanceof Endpoint.Remote remote ? remote.name() : "localhost";
    }

    private Optional<String> credentials() {
        return endpoint instanceof Endpoint.Remote remote
                ? Optional.of(Base64.getEncoder()
                        .encodeToString((remote.user() + ":" + remote.password()).getBytes(StandardCharsets.UTF_8)))
                : Optional.empty();
    }

    private Answer read() throws IOException {
        String status = line();
        if (!status.startsWith("HTTP/1.") || status.length() < 12) {
            throw new IOException("what answers speaks no HTTP");
        }
        int code = Integer.parseInt(status.substring(9, 12), 10);
        long length = -1;
        boolean chunked = false;
        boolean close = status.startsWith("HTTP/1.0");
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.contains("chunked");
            } else if (lower.startsWith("connection:")) {
                close = lower.contains("close");
            }
        }
        if (code == 100) {
            return read();
        }
        reusable = !close && (chunked || length >= 0 || code == 204);
        byte[] body = code == 204 || code == 304 ? new byte[0] : chunked ? chunks() : body(length);
        return new Answer(code, new String(body, StandardCharsets.UTF_8));
    }

    private byte[] body(long length) throws IOException {
        if (length < 0) {
            return in.readAllBytes();
        }
        byte[] body = in.readNBytes(Math.toIntExact(length));
        if (body.length < length) {
            throw new EOFException("the answer does not end");
        }
        return body;
    }

    private byte[] chunks() throws IOException {
        var body = new ByteArrayOutputStream();
        for (String head = line(); ; head = line()) {
            int extension = head.indexOf(';');
            int length = Integer.parseInt((extension < 0 ? head : head.substring(0, extension)).strip(), 16);
            if (length == 0) {
                break;
            }
            body.writeBytes(body(length));
            line();
        }
        while (!line().isEmpty()) {
            // Trailers say nothing that a command needs.
        }
        return body.toByteArray();
    }

    private String line() throws IOException {
        var line = new StringBuilder(80);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the broker hung up");
            }
            if (line.length() > LONGEST_LINE) {
                throw new IOException("a header is too long");
            }
            line.append((char) next);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }
}
