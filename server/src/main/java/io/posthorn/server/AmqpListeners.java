package io.posthorn.server;

import io.posthorn.protocol.amqp.AmqpProtocol;
import io.posthorn.server.config.ListenAddress;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.transport.ConnectionLimit;
import io.posthorn.transport.EventLoops;
import io.posthorn.transport.ListenException;
import io.posthorn.transport.Listener;
import io.posthorn.transport.Tls;
import io.posthorn.transport.TlsException;
import io.posthorn.transport.TlsSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Where AMQP is served: open to read for whoever is on the way, encrypted, both, or not at all.
final class AmqpListeners {
    /// What connections are given to say goodbye in.
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private static final Duration BETWEEN_LOOKS_AT_CERTIFICATES = Duration.ofSeconds(10);

    private final ServerConfig config;
    private final EventLoops loops;
    private final AmqpProtocol protocol;
    private final ConnectionLimit limit;
    private final Lifecycle lifecycle;
    private @Nullable Listener plain;
    private @Nullable Listener encrypted;

    AmqpListeners(ServerConfig config, EventLoops loops, AmqpProtocol protocol, Lifecycle lifecycle) {
        this.config = config;
        this.loops = loops;
        this.protocol = protocol;
        this.limit = limit(config.limits().connections());
        this.lifecycle = lifecycle;
    }

    private static ConnectionLimit limit(int most) {
        return most == 0 ? ConnectionLimit.byDescriptors() : new ConnectionLimit(most);
    }

    /// @param handshakes does what of TLS takes milliseconds
    /// @throws StartFailure when a port or a certificate cannot be had
    void open(Executor handshakes) {
        if (config.amqp().listen() instanceof ListenAddress.On address) {
            plain = open("--amqp", address.socketAddress(), Optional.empty());
        }
        if (config.amqps().listen() instanceof ListenAddress.On address) {
            Tls tls = load(config.tls(), handshakes);
            encrypted = open("--amqps", address.socketAddress(), Optional.of(tls));
            lifecycle.opened(
                    "the watch over certificates",
                    new Watch("certificate-watch", BETWEEN_LOOKS_AT_CERTIFICATES, tls::review));
        }
    }

    Optional<InetSocketAddress> plainAddress() {
        return Optional.ofNullable(plain).map(Listener::address);
    }

    Optional<InetSocketAddress> encryptedAddress() {
        return Optional.ofNullable(encrypted).map(Listener::address);
    }

    private Listener open(String flag, InetSocketAddress address, Optional<Tls> tls) {
        try {
            Listener listener = Listener.open(loops, address, protocol, limit, tls);
            lifecycle.opened("the listener of " + flag, () -> listener.stop("the broker is stopping", GOODBYE));
            return listener;
        } catch (ListenException refused) {
            throw new StartFailure(advice(flag, refused));
        }
    }

    private static Tls load(ServerConfig.Tls tls, Executor handshakes) {
        var settings = new TlsSettings(
                tls.certificate().orElseThrow(),
                tls.key().orElseThrow(),
                tls.trust(),
                TlsSettings.ClientCertificates.valueOf(tls.clientCertificates().name()),
                tls.leastVersion().equals("1.2") ? List.of("TLSv1.3", "TLSv1.2") : List.of("TLSv1.3"));
        try {
            return Tls.load(settings, InstantSource.system(), handshakes);
        } catch (TlsException unusable) {
            throw new StartFailure("TLS cannot be served: " + unusable.getMessage() + ".");
        }
    }

    private static String advice(String flag, ListenException refused) {
        int port = refused.address().getPort();
        return switch (refused) {
            case ListenException.PortTaken taken ->
                ("%s, perhaps by another broker. 'ss -ltnp sport = :%d' shows by whom. Stop that,"
                                + " or choose another port: %s 127.0.0.1:0 takes a free one.")
                        .formatted(taken.getMessage(), port, flag);
            case ListenException.NotOurAddress wrong ->
                "%s. Listen on one that it has: %s 127.0.0.1:%d.".formatted(wrong.getMessage(), flag, port);
            case ListenException.NotAllowed denied ->
                "%s. Choose one above 1023: %s 127.0.0.1:5672.".formatted(denied.getMessage(), flag);
            case ListenException.Other other -> other.getMessage() + ".";
        };
    }
}
