package io.posthorn.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Rights;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UsersTest {
    private final Users users = users();

    private static Users users() {
        var guest = new Users(() -> Rights.NONE, new Random(1)).first();
        return new Users(() -> Rights.NONE.with(guest), new Random(2));
    }

    @Test
    void guestIsKnownByItsPassword() {
        assertThat(users.authenticate("guest", bytes("guest")))
                .contains(new Principal("guest", Set.of("administrator")));
    }

    @Test
    void aWrongPasswordOrAnUnknownUserIsNobody() {
        assertThat(users.authenticate("guest", bytes("Guest"))).isEmpty();
        assertThat(users.authenticate("guest", bytes(""))).isEmpty();
        assertThat(users.authenticate("root", bytes("guest"))).isEmpty();
    }

    @Test
    void aPasswordOfAnyBytesCanBeChecked() {
        var odd = new byte[] {(byte) 0xFF, 0, (byte) 0xC3, 0x28};
        var hash = PasswordHash.of(odd, bytes("salt"), 10);
        assertThat(hash.matches(odd.clone())).isTrue();
        assertThat(hash.matches(new byte[] {(byte) 0xFF, 0, (byte) 0xC3})).isFalse();
    }

    /// RFC 7914 §11, the vector of PBKDF2-HMAC-SHA-256.
    @Test
    void theHashIsThatOfTheStandard() {
        var hash = PasswordHash.of(bytes("Password"), bytes("NaCl"), 80_000).hash();
        assertThat(hash.toByteArray())
                .asHexString()
                .isEqualToIgnoringCase("4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
