package io.posthorn.console.api;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.random.RandomGenerator;

/// RabbitMQ's hash of a password, `rabbit_password_hashing_sha256`: base64 of four octets of salt, and SHA-256 of salt
/// and password.
final class RabbitHash {
    private static final int SALT_BYTES = 4;

    private RabbitHash() {}

    static String of(String password, RandomGenerator random) {
        var salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] hash = digest(salt, password.getBytes(StandardCharsets.UTF_8));
        var both = new byte[salt.length + hash.length];
        System.arraycopy(salt, 0, both, 0, salt.length);
        System.arraycopy(hash, 0, both, salt.length, hash.length);
        return Base64.getEncoder().encodeToString(both);
    }

    private static byte[] digest(byte[] salt, byte[] password) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(salt);
            return sha256.digest(password);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
