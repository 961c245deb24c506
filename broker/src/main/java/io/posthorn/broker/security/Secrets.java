package io.posthorn.broker.security;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.SplittableRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Randomness for one purpose each, out of the one seed of a broker: whoever sees what one purpose makes of its own
/// learns neither the seed nor anything of another purpose. Thread-safe.
public final class Secrets {
    private final byte[] seed;

    public Secrets(long seed) {
        this.seed = ByteBuffer.allocate(Long.BYTES).putLong(seed).array();
    }

    /// Always the same 32 bytes for the same purpose.
    public byte[] secret(String purpose) {
        return sign(seed, purpose);
    }

    /// A generator whose state tells nothing of the seed.
    public SplittableRandom random(String purpose) {
        return new SplittableRandom(ByteBuffer.wrap(secret(purpose)).getLong());
    }

    /// HMAC-SHA-256 (RFC 2104): nobody without the secret can make, or guess, another.
    public static byte[] sign(byte[] secret, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HmacSHA256", impossible);
        }
    }
}
