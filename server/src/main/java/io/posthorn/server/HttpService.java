package io.posthorn.server;

import io.posthorn.broker.LocalBroker;
import io.posthorn.console.Console;
import io.posthorn.console.MessageForm;
import io.posthorn.console.http.BasicLogin;
import io.posthorn.console.http.HttpProtocol;
import io.posthorn.console.http.HttpSettings;
import io.posthorn.console.http.Route;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.transport.ConnectionLimit;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/// The management API behind its listeners. What it needs is loaded by the first request: a broker is ready before.
final class HttpService {
    private static final System.Logger LOG = System.getLogger(HttpService.class.getName());

    /// Callers of the API must leave descriptors for those who bring and fetch messages.
    private static final int MOST_CONNECTIONS = 1_000;

    private final HttpProtocol protocol;
    private final Optional<InetSocketAddress> plain;
    private final Optional<InetSocketAddress> encrypted;

    private HttpService(
            HttpProtocol protocol, Optional<InetSocketAddress> plain, Optional<InetSocketAddress> encrypted) {
        this.protocol = protocol;
        this.plain = plain;
        this.encrypted = encrypted;
    }

    /// @param mostConnections how many clients of protocols may be connected at once
    /// @param form how messages are shown
    /// @param blocking where requests are answered: virtual threads
    /// @throws StartFailure when a port or a certificate cannot be had that somebody has asked for
    static HttpService open(
            LocalBroker broker,
            ServerConfig config,
            Listeners listeners,
            int mostConnections,
            MessageForm form,
            Executor blocking) {
        // The machine's, whatever the broker goes by: see Surroundings.
        InstantSource clock = InstantSource.system();
        Instant startedAt = clock.instant();
        var settings = HttpSettings.DEFAULTS.withBodyBytes(config.http().body());
        var protocol = new HttpProtocol(
                () -> Console.routes(
                        broker, ThisNode.of(broker, config, listeners, mostConnections, startedAt), form, clock),
                new BasicLogin(broker),
                settings,
                blocking);
        var limit = new ConnectionLimit(MOST_CONNECTIONS);
        return new HttpService(
                protocol,
                openPlain(config.http(), listeners, protocol, limit),
                listeners.openEncrypted("--https", config.https().listen(), protocol, limit));
    }

    // A second broker on a machine is no failure as long as nobody has said that this one is to be managed there.
    private static Optional<InetSocketAddress> openPlain(
            ServerConfig.Http http, Listeners listeners, HttpProtocol protocol, ConnectionLimit limit) {
        try {
            return listeners.open("--http", http.listen(), protocol, limit);
        } catch (StartFailure failure) {
            if (http.isChosen()) {
                throw failure;
            }
            LOG.log(Level.WARNING, "the management API is not served: {0}", failure.getMessage());
            return Optional.empty();
        }
    }

    List<Route> routes() {
        return protocol.routes().routes();
    }

    Optional<InetSocketAddress> plainAddress() {
        return plain;
    }

    Optional<InetSocketAddress> encryptedAddress() {
        return encrypted;
    }
}
