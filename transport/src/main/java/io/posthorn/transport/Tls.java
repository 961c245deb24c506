package io.posthorn.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;

/// The encryption of listeners: a certificate, its key, and who is trusted. When the files change, connections
/// made from then on get what is in them; those that are open keep what they have. Thread-safe.
public final class Tls {
    private static final System.Logger LOG = System.getLogger(Tls.class.getName());
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);

    private final TlsSettings settings;
    private final InstantSource clock;
    private final Executor handshakes;
    private volatile SslContext current;
    private volatile X509Certificate shown;
    private List<Stamp> lastTried;

    /// How a file looks from outside.
    private record Stamp(FileTime modified, long size) {}

    private Tls(TlsSettings settings, InstantSource clock, Executor handshakes) throws TlsException {
        this.settings = settings;
        this.clock = clock;
        this.handshakes = handshakes;
        this.lastTried = stamps();
        this.shown = Pem.certificates("certificate", settings.certificate()).getFirst();
        this.current = build();
    }

    /// @param handshakes signs and verifies: what takes milliseconds must not hold up a loop
    public static Tls load(TlsSettings settings, InstantSource clock, Executor handshakes) throws TlsException {
        return new Tls(settings, clock, handshakes);
    }

    /// Looks whether the files have changed, and takes up what is in them now, if it can be used. Reads files.
    public synchronized void review() {
        List<Stamp> now = stamps();
        if (now.equals(lastTried)) {
            return;
        }
        lastTried = now;
        try {
            current = build();
            shown = Pem.certificates("certificate", settings.certificate()).getFirst();
            LOG.log(Level.INFO, "the certificate in {0} is used from now on", settings.certificate());
        } catch (TlsException unusable) {
            LOG.log(Level.ERROR, "the certificate stays the one before, for {0}", unusable.getMessage());
        }
    }

    /// Whose certificate is shown.
    public String subject() {
        return shown.getSubjectX500Principal().getName();
    }

    /// Until when it is valid.
    public Instant notAfter() {
        return shown.getNotAfter().toInstant();
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = current.newHandler(allocator, handshakes);
        handler.setHandshakeTimeoutMillis(HANDSHAKE.toMillis());
        return handler;
    }

    private List<Stamp> stamps() {
        var stamps = new ArrayList<Stamp>();
        stamps.add(stamp(settings.certificate()));
        stamps.add(stamp(settings.key()));
        settings.trust().ifPresent(trust -> stamps.add(stamp(trust)));
        return stamps;
    }

    private static Stamp stamp(Path file) {
        try {
            return new Stamp(Files.getLastModifiedTime(file), Files.size(file));
        } catch (IOException missing) {
            return new Stamp(FileTime.fromMillis(0), -1);
        }
    }

    private SslContext build() throws TlsException {
        List<X509Certificate> chain = Pem.certificates("certificate", settings.certificate());
        PrivateKey key = Pem.key(settings.key());
        checkDates(chain.getFirst());
        checkPair(chain.getFirst(), key);
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(key, chain.toArray(X509Certificate[]::new))
                    .sslProvider(SslProvider.JDK)
                    .protocols(settings.versions())
                    .clientAuth(clientAuth());
            if (settings.trust().isPresent()) {
                builder.trustManager(Pem.certificates("trust", settings.trust().get()));
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new TlsException(
                    "the certificate in %s cannot be used: %s".formatted(settings.certificate(), e.getMessage()), e);
        }
    }

    private ClientAuth clientAuth() {
        return switch (settings.clientCertificates()) {
            case NONE -> ClientAuth.NONE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
            case REQUIRED -> ClientAuth.REQUIRE;
        };
    }

    private void checkDates(X509Certificate certificate) throws TlsException {
        try {
            certificate.checkValidity(Date.from(clock.instant()));
        } catch (CertificateExpiredException e) {
            throw new TlsException(
                    "the certificate in %s expired on %s"
                            .formatted(
                                    settings.certificate(),
                                    certificate.getNotAfter().toInstant()),
                    e);
        } catch (CertificateNotYetValidException e) {
            throw new TlsException(
                    "the certificate in %s is not valid before %s"
                            .formatted(
                                    settings.certificate(),
                                    certificate.getNotBefore().toInstant()),
                    e);
        }
    }

    // What the key signs, the certificate must confirm.
    private void checkPair(X509Certificate certificate, PrivateKey key) throws TlsException {
        byte[] words = {1, 2, 3, 4};
        try {
            Signature signing = Signature.getInstance(signature(key.getAlgorithm()));
            signing.initSign(key);
            signing.update(words);
            byte[] signed = signing.sign();
            Signature checking =
                    Signature.getInstance(signature(certificate.getPublicKey().getAlgorithm()));
            checking.initVerify(certificate);
            checking.update(words);
            if (checking.verify(signed)) {
                return;
            }
        } catch (GeneralSecurityException _) {
            // An RSA key beside an EC certificate, for one.
        }
        throw new TlsException("the key in %s does not belong to the certificate in %s"
                .formatted(settings.key(), settings.certificate()));
    }

    private static String signature(String algorithm) {
        return switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
    }
}
