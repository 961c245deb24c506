package io.posthorn.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.AuditLog;
import io.posthorn.broker.Login;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LoginsTest {
    private static final Credential OF_RABBIT =
            new Credential(Credential.RABBIT_SHA256, "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR");

    private long now = 1_000_000;
    private final Map<String, UserSpec> users = new HashMap<>();
    private final Deque<Runnable> hashing = new ArrayDeque<>();
    private final Deque<Runnable> delayed = new ArrayDeque<>();
    private final List<Long> delays = new ArrayList<>();
    private final List<AuditLog.Entry> audit = new ArrayList<>();
    private final List<Optional<Principal>> answers = new ArrayList<>();
    private final Passwords passwords = new Passwords(new Random(1));
    private final Logins logins = new Logins(
            new Directory(),
            passwords,
            new byte[32],
            () -> Instant.ofEpochMilli(now),
            (millis, task) -> {
                delays.add(millis);
                delayed.add(task);
            },
            hashing::add,
            audit::add);

    private final class Directory implements Logins.Directory {
        @Override
        public @Nullable UserSpec user(String name) {
            return users.get(name);
        }

        @Override
        public void replace(UserSpec user, Credential better) {
            users.put(user.name(), new UserSpec(user.name(), better, user.tags()));
        }
    }

    @Test
    void guestIsKnownByItsPasswordFromLoopback() {
        users.put("guest", Logins.first());

        logIn("guest", "guest");
        logIn("guest", "Guest");

        assertThat(answers)
                .containsExactly(Optional.of(new Principal("guest", Set.of("administrator"))), Optional.empty());
    }

    @Test
    void guestIsNotKnownFromElsewhere() {
        users.put("guest", Logins.first());

        logins.check(login("guest", "guest", new Login.Peer("10.0.0.1", false, "10.0.0.1:5000")), answers::add);

        assertThat(answers).containsExactly(Optional.empty());
        assertThat(hashing).isEmpty();
    }

    @Test
    void anEmptyPasswordIsNobodys() {
        users.put("alice", user("alice", passwords.credential(new byte[0])));

        logIn("alice", "");

        assertThat(answers).containsExactly(Optional.empty());
    }

    @Test
    void nobodyIsKnownWhoIsNotThere() {
        logIn("root", "guest");

        assertThat(answers).containsExactly(Optional.empty());
    }

    @Test
    void hashingIsNotDoneOnTheThreadOfWhoAsks() {
        users.put("alice", user("alice", passwords.credential(bytes("secret"))));

        logins.check(login("alice", "secret", loopback()), answers::add);

        assertThat(answers).isEmpty();
        assertThat(hashing).hasSize(1);
    }

    @Test
    void whoConnectsAgainWithinAMinuteIsKnownAtOnce() {
        users.put("alice", user("alice", passwords.credential(bytes("secret"))));
        logIn("alice", "secret");

        logins.check(login("alice", "secret", loopback()), answers::add);
        assertThat(answers).hasSize(2).allMatch(Optional::isPresent);

        now += 60_001;
        logins.check(login("alice", "secret", loopback()), answers::add);
        assertThat(answers).hasSize(2);
    }

    @Test
    void aChangedPasswordIsForgottenAtOnce() {
        users.put("alice", user("alice", passwords.credential(bytes("old"))));
        logIn("alice", "old");

        users.put("alice", user("alice", passwords.credential(bytes("new"))));
        logIn("alice", "old");

        assertThat(answers.getLast()).isEmpty();
    }

    @Test
    void whoHasGoneIsForgottenAtOnce() {
        users.put("alice", user("alice", passwords.credential(bytes("secret"))));
        logIn("alice", "secret");

        users.clear();
        logIn("alice", "secret");

        assertThat(answers.getLast()).isEmpty();
    }

    @Test
    void aHashOfRabbitMqBecomesOneOfOursAtTheFirstLogin() {
        users.put("alice", user("alice", OF_RABBIT));

        logIn("alice", "test12");

        Credential better = Optional.ofNullable(users.get("alice").credential()).orElseThrow();
        assertThat(Passwords.isWeak(better)).isFalse();
        logIn("alice", "test12");
        assertThat(answers).hasSize(2).allMatch(Optional::isPresent);
    }

    @Test
    void aWrongPasswordChangesNoHash() {
        users.put("alice", user("alice", OF_RABBIT));

        logIn("alice", "test13");

        assertThat(users.get("alice").credential()).isEqualTo(OF_RABBIT);
    }

    @Test
    void whoFailsOftenWaits() {
        users.put("guest", Logins.first());
        for (int i = 0; i < 6; i++) {
            logIn("guest", "wrong" + i);
        }

        assertThat(delays).containsExactly(250L, 500L);
        assertThat(answers).hasSize(6).containsOnly(Optional.empty());
    }

    @Test
    void theRightPasswordWaitsNoLongerOnceItIsKnown() {
        users.put("guest", Logins.first());
        logIn("guest", "guest");
        for (int i = 0; i < 20; i++) {
            logIn("guest", "wrong");
        }
        delays.clear();

        logIn("guest", "guest");

        assertThat(delays).isEmpty();
        assertThat(answers.getLast()).isPresent();
    }

    @Test
    void everyAttemptIsWrittenDownWithoutItsPassword() {
        users.put("guest", Logins.first());

        logIn("guest", "guest");
        logIn("guest", "s3cr3t");
        logins.check(new Login("guest", new Login.Proof.Checked(), loopback(), "amqp EXTERNAL"), answers::add);

        assertThat(audit)
                .containsExactly(
                        new AuditLog.Entry("guest", "127.0.0.1:5000", "log in by amqp PLAIN", "ok"),
                        new AuditLog.Entry("guest", "127.0.0.1:5000", "log in by amqp PLAIN", "refused"),
                        new AuditLog.Entry("guest", "127.0.0.1:5000", "log in by amqp EXTERNAL", "ok"));
        assertThat(login("guest", "s3cr3t", loopback()).toString()).doesNotContain("s3cr3t");
    }

    @Test
    void guestsPasswordIsKnownToBeTheOneThatEverybodyKnows() {
        assertThat(logins.isOpenToAll(Logins.first())).isTrue();
        assertThat(logins.isOpenToAll(user("guest", passwords.credential(bytes("guest")))))
                .isTrue();
        assertThat(logins.isOpenToAll(user("guest", passwords.credential(bytes("secret")))))
                .isFalse();
        assertThat(logins.isOpenToAll(user("alice", passwords.credential(bytes("guest")))))
                .isFalse();
    }

    private void logIn(String user, String password) {
        logins.check(login(user, password, loopback()), answers::add);
        while (!delayed.isEmpty()) {
            delayed.remove().run();
        }
        while (!hashing.isEmpty()) {
            hashing.remove().run();
        }
    }

    private static Login login(String user, String password, Login.Peer peer) {
        return new Login(user, new Login.Proof.Password(new Bytes(bytes(password))), peer, "amqp PLAIN");
    }

    private static Login.Peer loopback() {
        return new Login.Peer("127.0.0.1", true, "127.0.0.1:5000");
    }

    private static UserSpec user(String name, Credential credential) {
        return new UserSpec(name, credential, Set.of());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
