package io.posthorn.broker.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The mechanisms of SCRAM that are served (RFC 5802, 7677).
///
/// How often each hashes makes the two cost whoever guesses about the same: SHA-512 is slower for them too.
public enum ScramMechanism {
    SHA_256("SCRAM-SHA-256", "SHA-256", "HmacSHA256", 210_000),
    SHA_512("SCRAM-SHA-512", "SHA-512", "HmacSHA512", 100_000);

    private final String mechanism;
    private final String digest;
    private final String mac;
    private final int iterations;

    ScramMechanism(String mechanism, String digest, String mac, int iterations) {
        this.mechanism = mechanism;
        this.digest = digest;
        this.mac = mac;
        this.iterations = iterations;
    }

    /// As SASL names it.
    public String mechanism() {
        return mechanism;
    }

    /// Of verifiers that are made here.
    public int iterations() {
        return iterations;
    }

    byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance(digest).digest(bytes);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has " + digest, impossible);
        }
    }

    /// HMAC (RFC 2104).
    public byte[] sign(byte[] key, byte[] bytes) {
        return keyed(key).doFinal(bytes);
    }

    /// `Hi` of RFC 5802 §2.2, which is PBKDF2 (RFC 8018) with as many bytes as the hash has. The JDK's own takes
    /// passwords of characters only.
    byte[] derive(byte[] password, byte[] salt, int times) {
        Mac keyed = keyed(password);
        keyed.update(salt);
        byte[] last = keyed.doFinal(new byte[] {0, 0, 0, 1});
        byte[] all = last.clone();
        try {
            for (int i = 1; i < times; i++) {
                keyed.update(last);
                keyed.doFinal(last, 0);
                for (int j = 0; j < all.length; j++) {
                    all[j] ^= last[j];
                }
            }
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("the hash fits in where the last one was", impossible);
        }
        return all;
    }

    private Mac keyed(byte[] key) {
        try {
            Mac made = Mac.getInstance(mac);
            // Keys are filled up with zeros, so this is the empty one, which the JDK's class would not take.
            made.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, mac));
            return made;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has " + mac, impossible);
        }
    }
}
