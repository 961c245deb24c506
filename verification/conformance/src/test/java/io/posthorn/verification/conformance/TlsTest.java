package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.posthorn.server.Server;
import io.posthorn.server.StartFailure;
import io.posthorn.server.cli.Cli;
import io.posthorn.server.config.ConfigException;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.transport.ConnectionLimit;
import io.posthorn.transport.EventLoops;
import io.posthorn.transport.Listener;
import io.posthorn.transport.Protocol;
import io.posthorn.transport.Tls;
import io.posthorn.transport.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// AMQP over TLS, with certificates made for these tests.
class TlsTest {
    @TempDir
    private static Path directory;

    private static Certificates certificates;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = new Certificates(directory);
        certificates.authority("authority");
        certificates.authority("stranger");
        certificates.issue("server", "authority", "CN=server", "-ext", "san=dns:localhost");
        certificates.issue("guest", "authority", "CN=guest,O=Posthorn");
        certificates.issue("nobody", "authority", "CN=nobody");
        certificates.issue("forged", "stranger", "CN=guest");
        certificates.issue("old", "authority", "CN=old", "-startdate", "-10d", "-validity", "5");
    }

    @Test
    void messagesTravelEncryptedToAClientThatChecksTheHost() throws Exception {
        byte[] body = new byte[3_000_000];
        body[2_999_999] = 7;
        try (Server server = start(Map.of());
                Connection connection =
                        factory(server, certificates.trusting("authority")).newConnection();
                Channel channel = connection.createChannel()) {
            String queue = channel.queueDeclare().getQueue();
            channel.confirmSelect();
            channel.basicPublish("", queue, null, body);
            Amqp.confirmed(channel);
            assertThat(channel.basicGet(queue, true).getBody()).isEqualTo(body);
            assertThat(connection.getServerProperties().get("product")).hasToString("RabbitMQ");
        }
    }

    @Test
    void theManagementApiAnswersEncryptedAndToNobodyWhoDoesNotTrustIt() throws Exception {
        try (Server server = start(Map.of("POSTHORN_HTTPS_LISTEN", "127.0.0.1:0"))) {
            int port = server.httpsAddress().orElseThrow().getPort();
            var request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/api/whoami"))
                    .header("Authorization", "Basic Z3Vlc3Q6Z3Vlc3Q=")
                    .build();
            try (var trusting = HttpClient.newBuilder()
                            .sslContext(certificates.trusting("authority"))
                            .build();
                    var distrusting = HttpClient.newBuilder()
                            .sslContext(certificates.trusting("stranger"))
                            .build()) {
                assertThat(trusting.send(request, HttpResponse.BodyHandlers.ofString())
                                .body())
                        .contains("\"name\":\"guest\"");
                assertThatThrownBy(() -> distrusting.send(request, HttpResponse.BodyHandlers.discarding()))
                        .isInstanceOf(SSLHandshakeException.class);
            }
        }
    }

    @Test
    void aClientThatDoesNotTrustTheServerOrWantsAnotherHostGoesAway() throws Exception {
        try (Server server = start(Map.of())) {
            ConnectionFactory distrusting = factory(server, certificates.trusting("stranger"));
            assertThatThrownBy(distrusting::newConnection).isInstanceOf(SSLHandshakeException.class);

            ConnectionFactory elsewhere = factory(server, certificates.trusting("authority"));
            elsewhere.setHost("127.0.0.1");
            assertThatThrownBy(elsewhere::newConnection).isInstanceOf(SSLHandshakeException.class);

            factory(server, certificates.trusting("authority")).newConnection().close();
        }
    }

    @Test
    void anOldVersionIsSpokenOnlyWhereItIsAllowed() throws Exception {
        SSLContext trusting = certificates.trusting("authority");
        try (Server server = start(Map.of())) {
            assertThat(handshake(server, trusting, "TLSv1.3")).isEqualTo("TLSv1.3");
            assertThatThrownBy(() -> handshake(server, trusting, "TLSv1.2")).isInstanceOf(SSLHandshakeException.class);
        }
        try (Server server = start(Map.of("POSTHORN_TLS_LEAST_VERSION", "1.2"))) {
            assertThat(handshake(server, trusting, "TLSv1.2")).isEqualTo("TLSv1.2");
        }
    }

    @Test
    void aCertificateIsEnoughToLogIn() throws Exception {
        try (Server server = start(clientCertificates("required"))) {
            external(server, "guest").newConnection().close();
            assertThatThrownBy(external(server, "nobody")::newConnection)
                    .isInstanceOf(AuthenticationFailureException.class)
                    .hasMessageContaining("Login was refused using authentication mechanism EXTERNAL");
        }
    }

    @Test
    void whereCertificatesAreRequiredNobodyComesInWithoutOneOfOurs() throws Exception {
        try (Server server = start(clientCertificates("required"))) {
            assertThatThrownBy(factory(server, certificates.trusting("authority"))::newConnection)
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(factory(server, certificates.trusting("authority", "forged"))::newConnection)
                    .isInstanceOf(IOException.class);
            factory(server, certificates.trusting("authority", "guest"))
                    .newConnection()
                    .close();
        }
    }

    @Test
    void whereCertificatesAreOptionalAPasswordDoes() throws Exception {
        try (Server server = start(clientCertificates("optional"))) {
            factory(server, certificates.trusting("authority")).newConnection().close();
            external(server, "guest").newConnection().close();
            ConnectionFactory nothingToShow = factory(server, certificates.trusting("authority"));
            nothingToShow.setSaslConfig(DefaultSaslConfig.EXTERNAL);
            assertThatThrownBy(nothingToShow::newConnection).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whoSpeaksInTheWrongWayIsClosedAndTheNextOneServed() throws Exception {
        try (Server server = start(Map.of())) {
            URI encrypted = URI.create("amqp://localhost:" + port(server));
            try (RawAmqp raw = new RawAmqp(encrypted)) {
                raw.send(RawAmqp.PROTOCOL);
                assertThat(raw.ends()).isTrue();
            }
            try (Socket socket = new Socket("localhost", port(server))) {
                socket.getOutputStream().write(new byte[300]);
                socket.setSoTimeout((int) Amqp.PATIENCE.toMillis());
                assertThatThrownBy(() -> {
                            if (socket.getInputStream().readAllBytes().length < 100) {
                                throw new IOException("closed");
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
            InetSocketAddress plain = server.amqpAddress().orElseThrow();
            assertThatThrownBy(() -> handshake(plain, certificates.trusting("authority"), "TLSv1.3"))
                    .isInstanceOf(IOException.class);
            factory(server, certificates.trusting("authority")).newConnection().close();
        }
    }

    @Test
    void whatCannotServeIsNamedAtTheStart() throws Exception {
        Path missing = directory.resolve("missing.pem");
        assertThatThrownBy(() -> start(Map.of("POSTHORN_TLS_CERTIFICATE", missing.toString())))
                .isInstanceOf(StartFailure.class)
                .hasMessage("TLS cannot be served: there is no certificate file " + missing + ".");
        assertThatThrownBy(() -> start(
                        Map.of("POSTHORN_TLS_KEY", certificates.key("guest").toString())))
                .isInstanceOf(StartFailure.class)
                .hasMessageMatching("TLS cannot be served: the key in .*guest.key does not belong to .*server.pem\\.");
        assertThatThrownBy(() -> start(Map.of(
                        "POSTHORN_TLS_CERTIFICATE",
                        certificates.certificate("old").toString(),
                        "POSTHORN_TLS_KEY",
                        certificates.key("old").toString())))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("old.pem expired on ");
        assertThatThrownBy(() -> start(Map.of(
                        "POSTHORN_TLS_KEY", certificates.certificate("server").toString())))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("openssl pkcs8 -topk8");
        assertThatThrownBy(() -> start(Map.of("POSTHORN_TLS_KEY", "none")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("tls.key");
    }

    /// The exit code of a command that found no broker it could speak to.
    private static final int UNREACHABLE = 6;

    /// Nobody in the JDK's own list has signed what is made here.
    @Test
    void theCommandLineTellsNoPasswordToAServerThatItDoesNotTrust() throws Exception {
        try (Server server = start(Map.of())) {
            String url = "amqps://guest:guest@localhost:" + port(server);
            assertThat(Cli.execute("publish", "untrusted", "a message", "--url", url))
                    .isEqualTo(UNREACHABLE);
            assertThat(server.broker().status().queues()).isZero();
        }
    }

    @Test
    void aNewCertificateIsTakenUpAndOneThatCannotServeIsNot() throws Exception {
        certificates.issue("renewed", "authority", "CN=renewed");
        Path live = Files.copy(certificates.certificate("server"), directory.resolve("live.pem"));
        Path key = Files.copy(certificates.key("server"), directory.resolve("live.key"));
        var settings =
                new TlsSettings(live, key, Optional.empty(), TlsSettings.ClientCertificates.NONE, List.of("TLSv1.3"));
        Tls tls = Tls.load(settings, InstantSource.system(), Runnable::run);
        var localhost = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (EventLoops loops = EventLoops.start(1)) {
            Listener listener =
                    Listener.open(loops, localhost, new Silence(), new ConnectionLimit(10), Optional.of(tls));
            assertThat(shownBy(listener)).isEqualTo("CN=server");

            Files.copy(certificates.key("renewed"), key, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(certificates.certificate("renewed"), live, StandardCopyOption.REPLACE_EXISTING);
            tls.review();
            assertThat(shownBy(listener)).isEqualTo("CN=renewed");

            Files.writeString(live, "half a certifi");
            tls.review();
            assertThat(shownBy(listener)).isEqualTo("CN=renewed");
            listener.stop("test", Duration.ZERO);
        }
    }

    private static final class Silence implements Protocol {
        @Override
        public String name() {
            return "silence";
        }

        @Override
        public ChannelHandler serve(io.posthorn.transport.Connection connection) {
            return new ChannelInboundHandlerAdapter();
        }
    }

    private static String shownBy(Listener listener) throws Exception {
        SSLContext context = certificates.trusting("authority");
        InetSocketAddress address = listener.address();
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
            return socket.getSession().getPeerPrincipal().getName();
        }
    }

    @Test
    void pikaChecksTheHostAndLogsInWithItsCertificate() throws Exception {
        try (Server server = start(clientCertificates("required"))) {
            assertThat(ForeignClient.PIKA.run(
                            "features",
                            "encrypted",
                            String.valueOf(port(server)),
                            certificates.certificate("authority").toString(),
                            certificates.certificate("guest").toString(),
                            certificates.key("guest").toString()))
                    .containsExactly("TLSv1.3", "got over TLS");
        }
    }

    private static Server start(Map<String, String> settings) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "POSTHORN_TLS_CERTIFICATE", certificates.certificate("server").toString(),
                "POSTHORN_TLS_KEY", certificates.key("server").toString()));
        environment.putAll(settings);
        var flags = Map.of("--memory", "true", "--amqp", "localhost:0", "--amqps", "localhost:0");
        return Server.start(ServerConfig.read(flags, environment, Optional.empty()));
    }

    private static Map<String, String> clientCertificates(String wanted) throws Exception {
        return Map.of(
                "POSTHORN_TLS_CLIENT_CERTIFICATES",
                wanted,
                "POSTHORN_TLS_TRUST",
                certificates.certificate("authority").toString());
    }

    private static int port(Server server) {
        return server.amqpsAddress().orElseThrow().getPort();
    }

    private static ConnectionFactory factory(Server server, SSLContext context) {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("localhost");
        factory.setPort(port(server));
        factory.setAutomaticRecoveryEnabled(false);
        factory.useSslProtocol(context);
        factory.enableHostnameVerification();
        return factory;
    }

    private static ConnectionFactory external(Server server, String shown) throws Exception {
        ConnectionFactory factory = factory(server, certificates.trusting("authority", shown));
        factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
        return factory;
    }

    private static String handshake(Server server, SSLContext context, String version) throws IOException {
        return handshake(server.amqpsAddress().orElseThrow(), context, version);
    }

    /// @return the version agreed on
    private static String handshake(InetSocketAddress address, SSLContext context, String version) throws IOException {
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout((int) Amqp.PATIENCE.toMillis());
            socket.setEnabledProtocols(new String[] {version});
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }
}
