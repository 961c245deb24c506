package io.posthorn.broker.security;

import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.admin.Credential;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Makes credentials of passwords, and checks passwords against them. Thread-safe; slow by intention, so for threads
/// that may wait.
///
/// A credential of ours is a verifier for each mechanism of SCRAM: they serve whoever shows the password as well, and
/// nothing else has to be kept that could be guessed at more cheaply.
public final class Passwords {
    private static final int SALT_BYTES = 16;
    private static final int SALT_BYTES_OF_RABBIT = 4;

    private final RandomGenerator random;
    private final ScramVerifier nobody;

    /// @param random for salts
    public Passwords(RandomGenerator random) {
        this.random = random;
        // Nothing hashes to these keys, and nobody can see that from outside.
        var verifier = new byte[32];
        random.nextBytes(verifier);
        var none = new io.posthorn.log.Bytes(verifier);
        this.nobody = new ScramVerifier(ScramMechanism.SHA_256, none, ScramMechanism.SHA_256.iterations(), none, none);
    }

    /// A credential of a password that was just chosen.
    public Credential credential(byte[] password) {
        return credential(Stream.of(ScramMechanism.values())
                .map(each -> ScramVerifier.of(each, password, salt(), each.iterations()))
                .toList());
    }

    /// A credential of what somebody else has made of a password.
    ///
    /// @param verifiers at least one; whoever shows the password is checked by the first
    public static Credential credential(List<ScramVerifier> verifiers) {
        String text = verifiers.stream().map(ScramVerifier::format).collect(Collectors.joining(" "));
        return new Credential(Credential.PBKDF2_SHA256, text);
    }

    private byte[] salt() {
        var salt = new byte[SALT_BYTES];
        synchronized (random) {
            random.nextBytes(salt);
        }
        return salt;
    }

    /// Whether the password is the one. A wrong one takes as long whatever the credential is, and so does one of
    /// nobody's: so nobody learns who there is.
    boolean matches(Optional<Credential> credential, byte[] password) {
        List<ScramVerifier> ours = credential.map(Passwords::verifiers).orElse(List.of());
        if (!ours.isEmpty()) {
            return ours.getFirst().matches(password);
        }
        return credential.filter(each -> matchesRabbit(each, password)).isPresent() || nobody.matches(password);
    }

    /// What SCRAM needs; nothing for a credential that was imported and has not been used yet.
    public static List<ScramVerifier> verifiers(Credential credential) {
        return credential.algorithm().equals(Credential.PBKDF2_SHA256)
                ? Arrays.stream(credential.encoded().split(" ", -1))
                        .map(ScramVerifier::parse)
                        .flatMap(Optional::stream)
                        .toList()
                : List.of();
    }

    /// Whether what is kept should be replaced as soon as the password is known.
    static boolean isWeak(Credential credential) {
        return !credential.algorithm().equals(Credential.PBKDF2_SHA256);
    }

    /// @throws PreconditionFailed when this cannot be a credential
    public static void check(Credential credential) {
        boolean usable = isWeak(credential)
                ? rabbitHash(credential).isPresent()
                : !verifiers(credential).isEmpty();
        if (!usable) {
            throw new PreconditionFailed("no password hash of algorithm " + credential.algorithm());
        }
    }

    private static boolean matchesRabbit(Credential credential, byte[] password) {
        Optional<byte[]> salted = rabbitHash(credential);
        if (salted.isEmpty()) {
            return false;
        }
        MessageDigest digest = digest(digestOf(credential.algorithm()).orElseThrow());
        digest.update(salted.get(), 0, SALT_BYTES_OF_RABBIT);
        byte[] hash = digest.digest(password);
        return MessageDigest.isEqual(hash, Arrays.copyOfRange(salted.get(), SALT_BYTES_OF_RABBIT, salted.get().length));
    }

    /// Four bytes of salt, and the hash of salt and password.
    private static Optional<byte[]> rabbitHash(Credential credential) {
        try {
            byte[] bytes = Base64.getDecoder().decode(credential.encoded());
            return digestOf(credential.algorithm())
                    .filter(name ->
                            bytes.length == SALT_BYTES_OF_RABBIT + digest(name).getDigestLength())
                    .map(_ -> bytes);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private static Optional<String> digestOf(String algorithm) {
        return Optional.ofNullable(
                switch (algorithm) {
                    case Credential.RABBIT_SHA256 -> "SHA-256";
                    case Credential.RABBIT_SHA512 -> "SHA-512";
                    case Credential.RABBIT_MD5 -> "MD5";
                    default -> null;
                });
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has " + name, impossible);
        }
    }
}
