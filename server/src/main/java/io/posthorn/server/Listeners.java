package io.posthorn.server;

import io.posthorn.console.Node;
import io.posthorn.server.config.ListenAddress;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.transport.ConnectionLimit;
import io.posthorn.transport.EventLoops;
import io.posthorn.transport.ListenException;
import io.posthorn.transport.Listener;
import io.posthorn.transport.Protocol;
import io.posthorn.transport.Tls;
import io.posthorn.transport.TlsException;
import io.posthorn.transport.TlsSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Where protocols are served: open to read for whoever is on the way, encrypted, both, or not at all.
final class Listeners {
    /// What connections are given to say goodbye in.
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private static final Duration BETWEEN_LOOKS_AT_CERTIFICATES = Duration.ofSeconds(10);

    private final EventLoops loops;
    private final ServerConfig.Tls settings;
    private final Executor handshakes;
    private final BooleanSupplier hasAdministrator;
    private final Lifecycle lifecycle;
    private final List<Node.Listening> open = new CopyOnWriteArrayList<>();
    private volatile @Nullable Tls tls;

    /// @param handshakes does what of TLS takes milliseconds
    /// @param hasAdministrator whether there is one whose password not everybody knows
    Listeners(
            EventLoops loops,
            ServerConfig.Tls settings,
            Executor handshakes,
            BooleanSupplier hasAdministrator,
            Lifecycle lifecycle) {
        this.loops = loops;
        this.settings = settings;
        this.handshakes = handshakes;
        this.hasAdministrator = hasAdministrator;
        this.lifecycle = lifecycle;
    }

    /// @param flag for people who have to choose another address
    /// @return where it listens really, unless it is off
    /// @throws StartFailure when the port cannot be had
    Optional<InetSocketAddress> open(String flag, ListenAddress listen, Protocol protocol, ConnectionLimit limit) {
        return listen instanceof ListenAddress.On address
                ? Optional.of(open(flag, address, protocol, limit, Optional.empty()))
                : Optional.empty();
    }

    /// The same with TLS.
    ///
    /// @throws StartFailure when a port or a certificate cannot be had
    Optional<InetSocketAddress> openEncrypted(
            String flag, ListenAddress listen, Protocol protocol, ConnectionLimit limit) {
        return listen instanceof ListenAddress.On address
                ? Optional.of(open(flag, address, protocol, limit, Optional.of(tls())))
                : Optional.empty();
    }

    private InetSocketAddress open(
            String flag, ListenAddress.On address, Protocol protocol, ConnectionLimit limit, Optional<Tls> encryption) {
        checkDoor(flag, address);
        try {
            Listener listener = Listener.open(loops, address.socketAddress(), protocol, limit, encryption);
            lifecycle.opened("the listener of " + flag, () -> listener.stop("the broker is stopping", GOODBYE));
            open.add(new Node.Listening(
                    name(protocol, encryption.isPresent()), listener.address(), encryption.isPresent()));
            return listener.address();
        } catch (ListenException refused) {
            throw new StartFailure(advice(flag, refused));
        }
    }

    /// Where other machines come in, there is somebody who can administer who they are.
    private void checkDoor(String flag, ListenAddress.On address) {
        if (!address.host().isLoopbackAddress() && !hasAdministrator.getAsBoolean()) {
            throw new StartFailure(
                    ("%s %s: other machines could reach it, and nobody but guest, whose password everybody knows, could"
                                    + " administer this broker. Let it listen on 127.0.0.1 first, make an administrator"
                                    + " with './posthorn user add NAME --administrator', and start again.")
                            .formatted(flag, address));
        }
    }

    // RabbitMQ's names.
    private static String name(Protocol protocol, boolean encrypted) {
        if (!encrypted) {
            return protocol.name();
        }
        return protocol.name().equals("http") ? "https" : protocol.name() + "/ssl";
    }

    /// Those that are open now. On any thread.
    List<Node.Listening> open() {
        return List.copyOf(open);
    }

    /// Those that are served now. On any thread.
    List<Node.Expiring> certificates() {
        Tls known = tls;
        return known == null ? List.of() : List.of(new Node.Expiring(known.subject(), known.notAfter()));
    }

    /// One for all listeners, so that they change their certificate together.
    private Tls tls() {
        Tls known = tls;
        if (known == null) {
            Tls loaded = load(settings, handshakes);
            lifecycle.opened(
                    "the watch over certificates",
                    new Watch("certificate-watch", BETWEEN_LOOKS_AT_CERTIFICATES, loaded::review));
            known = loaded;
            tls = loaded;
        }
        return known;
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
                "%s. Choose one above 1023: %s 127.0.0.1:0 takes a free one.".formatted(denied.getMessage(), flag);
            case ListenException.Other other -> other.getMessage() + ".";
        };
    }
}
