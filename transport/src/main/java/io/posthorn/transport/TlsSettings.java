package io.posthorn.transport;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What encrypts a listener.
///
/// @param certificate a PEM file: the server's certificate first, then those that lead to a root
/// @param key a PEM file with the private key in PKCS #8
/// @param trust a PEM file with the authorities whose client certificates are taken
/// @param versions of TLS: `TLSv1.3`
public record TlsSettings(
        Path certificate,
        Path key,
        Optional<Path> trust,
        ClientCertificates clientCertificates,
        List<String> versions) {
    /// Whether clients have to show who they are.
    public enum ClientCertificates {
        NONE,
        OPTIONAL,
        REQUIRED
    }
}
