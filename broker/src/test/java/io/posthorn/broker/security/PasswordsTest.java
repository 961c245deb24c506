package io.posthorn.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.admin.Credential;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PasswordsTest {
    private final Passwords passwords = new Passwords(new Random(1));

    @Test
    void aCredentialKnowsItsPasswordAndNoOther() {
        Credential credential = passwords.credential(bytes("påssword"));

        assertThat(matches(credential, "påssword")).isTrue();
        assertThat(matches(credential, "password")).isFalse();
        assertThat(matches(credential, "")).isFalse();
        assertThat(credential.toString()).doesNotContain("SCRAM", credential.encoded());
    }

    @Test
    void twoUsersWithOnePasswordDoNotLookAlike() {
        assertThat(passwords.credential(bytes("same")).encoded())
                .isNotEqualTo(passwords.credential(bytes("same")).encoded());
    }

    @Test
    void aCredentialServesEachMechanismOfScram() {
        assertThat(Passwords.verifiers(passwords.credential(bytes("pencil"))))
                .extracting(ScramVerifier::mechanism)
                .containsExactly(ScramMechanism.values());
    }

    /// The example of RFC 7677 §3.
    @Test
    void theServerProvesItselfAsInTheExampleOfTheSpecification() {
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
        var verifier = ScramVerifier.of(ScramMechanism.SHA_256, bytes("pencil"), salt, 4_096);
        String messages = "n=user,r=rOprNGfwEbeRWgbNEkqO,"
                + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
                + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

        byte[] signature = ScramMechanism.SHA_256.sign(verifier.serverKey().toByteArray(), bytes(messages));

        assertThat(Base64.getEncoder().encodeToString(signature))
                .isEqualTo("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        assertThat(ScramVerifier.parse(verifier.format())).contains(verifier);
    }

    /// RFC 7914 §11, the vector of PBKDF2-HMAC-SHA-256.
    @Test
    void theHashIsThatOfTheStandard() {
        assertThat(ScramMechanism.SHA_256.derive(bytes("Password"), bytes("NaCl"), 80_000))
                .asHexString()
                .isEqualToIgnoringCase("4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
    }

    @Test
    void aPasswordMayHaveAnyBytes() {
        var odd = new byte[] {(byte) 0xFF, 0, (byte) 0xC3, 0x28};
        Optional<Credential> credential = Optional.of(passwords.credential(odd));

        assertThat(passwords.matches(credential, odd.clone())).isTrue();
        assertThat(passwords.matches(credential, new byte[] {(byte) 0xFF, 0, (byte) 0xC3}))
                .isFalse();
    }

    /// The hash of `test12` in RabbitMQ's documentation, and others made as it says there.
    @ParameterizedTest
    @CsvSource({
        "rabbit_password_hashing_sha256,kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR,test12",
        "rabbit_password_hashing_sha512,"
                + "AQIDBEasi57qQmKrKS3hT/tToZQTSGe0aIxheFJPzONWfcZLALq7JlkjIrc4zKmzoCl2i5ligSzH2lxUTbywDEUALuc=,test12",
        "rabbit_password_hashing_md5,AQIDBDeBuuH8ubD+6IsvjTP2It8=,test12"
    })
    void hashesOfRabbitMqAreUnderstood(String algorithm, String encoded, String password) {
        var credential = new Credential(algorithm, encoded);

        assertThat(Passwords.isWeak(credential)).isTrue();
        assertThat(matches(credential, password)).isTrue();
        assertThat(matches(credential, password + "3")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "rabbit_password_hashing_sha256,not base64",
        "rabbit_password_hashing_sha256,AQIDBA==",
        "rabbit_password_hashing_none,kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR",
        "posthorn_password_hashing_pbkdf2_sha256,SCRAM-SHA-256$1:!$a:b",
        "posthorn_password_hashing_pbkdf2_sha256,SCRAM-SHA-256$1:=$=:="
    })
    void whatNoPasswordCouldMatchIsRefused(String algorithm, String encoded) {
        var credential = new Credential(algorithm, encoded);

        assertThat(matches(credential, "")).isFalse();
        assertThatThrownBy(() -> Passwords.check(credential)).isInstanceOf(PreconditionFailed.class);
    }

    @Test
    void nobodyHasNoPassword() {
        assertThat(passwords.matches(Optional.empty(), bytes(""))).isFalse();
    }

    private boolean matches(Credential credential, String password) {
        return passwords.matches(Optional.of(credential), bytes(password));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
