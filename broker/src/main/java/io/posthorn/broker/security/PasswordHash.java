package io.posthorn.broker.security;

import io.posthorn.broker.admin.Credential;
import io.posthorn.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/// A password that can be checked but not read: PBKDF2 with HMAC-SHA-256 (RFC 8018), slow by intention.
///
/// @param iterations kept with the hash, so that it can grow without making old hashes useless
record PasswordHash(Bytes salt, int iterations, Bytes hash) {
    private static final int HASH_BITS = 256;

    static PasswordHash of(byte[] password, byte[] salt, int iterations) {
        return new PasswordHash(new Bytes(salt), iterations, new Bytes(derive(password, salt, iterations)));
    }

    /// Null for one that some other algorithm made.
    static @Nullable PasswordHash of(Credential credential) {
        if (!credential.algorithm().equals(Credential.PBKDF2_SHA256)) {
            return null;
        }
        String[] parts = credential.encoded().split("\\$", -1);
        var decoder = Base64.getDecoder();
        return new PasswordHash(
                new Bytes(decoder.decode(parts[1])), Integer.parseInt(parts[0]), new Bytes(decoder.decode(parts[2])));
    }

    Credential credential() {
        var encoder = Base64.getEncoder();
        return new Credential(
                Credential.PBKDF2_SHA256,
                iterations + "$" + encoder.encodeToString(salt.toByteArray()) + "$"
                        + encoder.encodeToString(hash.toByteArray()));
    }

    /// Takes as long for a wrong password as for the right one.
    boolean matches(byte[] password) {
        return MessageDigest.isEqual(hash.toByteArray(), derive(password, salt.toByteArray(), iterations));
    }

    private static byte[] derive(byte[] password, byte[] salt, int iterations) {
        // One character per byte: a password need not be valid in any charset.
        char[] characters = new String(password, StandardCharsets.ISO_8859_1).toCharArray();
        var spec = new PBEKeySpec(characters, salt, iterations, HASH_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", impossible);
        } finally {
            spec.clearPassword();
            Arrays.fill(characters, '\0');
        }
    }
}
