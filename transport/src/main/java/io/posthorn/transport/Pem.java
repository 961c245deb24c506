package io.posthorn.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Certificates and keys out of PEM files (RFC 7468).
final class Pem {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private Pem() {}

    /// @param what for people: `certificate`
    static List<X509Certificate> certificates(String what, Path file) throws TlsException {
        byte[] bytes = read(what, file);
        List<X509Certificate> certificates;
        try {
            certificates =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
        } catch (CertificateException e) {
            throw new TlsException("the %s file %s holds no certificates in PEM".formatted(what, file), e);
        }
        if (certificates.isEmpty()) {
            throw new TlsException("the %s file %s holds no certificates in PEM".formatted(what, file));
        }
        return certificates;
    }

    static PrivateKey key(Path file) throws TlsException {
        Matcher found = KEY.matcher(new String(read("key", file), StandardCharsets.ISO_8859_1));
        if (!found.find()) {
            throw new TlsException(("the key file %s holds no private key in PEM and PKCS #8; to convert one:"
                            + " openssl pkcs8 -topk8 -nocrypt -in %s -out new.pem")
                    .formatted(file, file.getFileName()));
        }
        byte[] der = Base64.getMimeDecoder().decode(found.group(1));
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException _) {
                // It is of another kind.
            }
        }
        throw new TlsException("the key in %s is neither RSA nor EC nor EdDSA".formatted(file));
    }

    private static byte[] read(String what, Path file) throws TlsException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new TlsException("there is no %s file %s".formatted(what, file), e);
        } catch (IOException e) {
            throw new TlsException("the %s file %s cannot be read: %s".formatted(what, file, e.getMessage()), e);
        }
    }
}
