package io.posthorn.console.definitions;

import io.posthorn.broker.admin.Credential;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A credential as RabbitMQ's files and routes have it: `password_hash` and `hashing_algorithm`.
///
/// RabbitMQ's own hashes pass through unchanged. Ours stands there as base64 of its text, because RabbitMQ refuses a
/// file with anything else, and takes any name of an algorithm.
///
/// @param passwordHash base64; empty for nobody's password
public record CredentialText(String passwordHash, String hashingAlgorithm) {
    public static final List<String> ALGORITHMS = List.of(
            Credential.RABBIT_SHA256, Credential.RABBIT_SHA512, Credential.RABBIT_MD5, Credential.PBKDF2_SHA256);

    public static CredentialText of(@Nullable Credential credential) {
        if (credential == null) {
            return new CredentialText("", Credential.RABBIT_SHA256);
        }
        String algorithm = credential.algorithm();
        return new CredentialText(
                algorithm.equals(Credential.PBKDF2_SHA256)
                        ? Base64.getEncoder()
                                .encodeToString(credential.encoded().getBytes(StandardCharsets.UTF_8))
                        : credential.encoded(),
                algorithm);
    }

    /// Null when there is no password.
    ///
    /// @throws IllegalArgumentException when the hash is not base64
    public @Nullable Credential credential() {
        if (passwordHash.isEmpty()) {
            return null;
        }
        byte[] bytes = Base64.getDecoder().decode(passwordHash);
        return new Credential(
                hashingAlgorithm,
                hashingAlgorithm.equals(Credential.PBKDF2_SHA256)
                        ? new String(bytes, StandardCharsets.UTF_8)
                        : passwordHash);
    }
}
