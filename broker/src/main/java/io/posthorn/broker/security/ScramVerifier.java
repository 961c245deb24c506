package io.posthorn.broker.security;

import io.posthorn.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a server keeps of a password to check it by SCRAM (RFC 5802 §3), or as it is: neither the password nor what a
/// client would need comes out of it.
public record ScramVerifier(ScramMechanism mechanism, Bytes salt, int iterations, Bytes storedKey, Bytes serverKey) {
    private static final Pattern TEXT = Pattern.compile(
            "(SCRAM-SHA-[0-9]+)\\$([1-9][0-9]{0,6}):([A-Za-z0-9+/]+={0,2})\\$([A-Za-z0-9+/]+={0,2}):([A-Za-z0-9+/]+={0,2})");
    private static final byte[] CLIENT_KEY = "Client Key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SERVER_KEY = "Server Key".getBytes(StandardCharsets.US_ASCII);

    /// Takes as long as the iterations are many.
    public static ScramVerifier of(ScramMechanism mechanism, byte[] password, byte[] salt, int iterations) {
        byte[] salted = mechanism.derive(password, salt, iterations);
        ScramVerifier verifier = ofSalted(mechanism, salted, salt, iterations);
        Arrays.fill(salted, (byte) 0);
        return verifier;
    }

    /// @param salted the password, hashed as often with this salt: what clients know who never tell the password
    public static ScramVerifier ofSalted(ScramMechanism mechanism, byte[] salted, byte[] salt, int iterations) {
        byte[] storedKey = mechanism.digest(mechanism.sign(salted, CLIENT_KEY));
        byte[] serverKey = mechanism.sign(salted, SERVER_KEY);
        return new ScramVerifier(mechanism, new Bytes(salt), iterations, new Bytes(storedKey), new Bytes(serverKey));
    }

    /// Takes as long for a wrong password as for the right one.
    boolean matches(byte[] password) {
        var other = of(mechanism, password, salt.toByteArray(), iterations);
        return MessageDigest.isEqual(storedKey.toByteArray(), other.storedKey().toByteArray());
    }

    /// `SCRAM-SHA-256$iterations:salt$stored key:server key`, as other servers write it.
    String format() {
        return "%s$%d:%s$%s:%s"
                .formatted(mechanism.mechanism(), iterations, base64(salt), base64(storedKey), base64(serverKey));
    }

    /// Empty when the text is none of a mechanism that is served.
    static Optional<ScramVerifier> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return Arrays.stream(ScramMechanism.values())
                .filter(each -> each.mechanism().equals(parts.group(1)))
                .findFirst()
                .flatMap(mechanism -> of(mechanism, parts));
    }

    private static Optional<ScramVerifier> of(ScramMechanism mechanism, Matcher parts) {
        try {
            return Optional.of(new ScramVerifier(
                    mechanism,
                    bytes(parts.group(3)),
                    Integer.parseInt(parts.group(2)),
                    bytes(parts.group(4)),
                    bytes(parts.group(5))));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static Bytes bytes(String base64) {
        return new Bytes(Base64.getDecoder().decode(base64));
    }

    /// Never shows the keys.
    @Override
    public String toString() {
        return "ScramVerifier[" + mechanism.mechanism() + "]";
    }
}
