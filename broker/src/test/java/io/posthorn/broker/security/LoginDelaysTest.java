package io.posthorn.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class LoginDelaysTest {
    private long now = 1_000_000;
    private final LoginDelays delays = new LoginDelays(() -> Instant.ofEpochMilli(now));

    @Test
    void threeFailuresAreFree() {
        fail(3, "alice", "10.0.0.1");

        assertThat(delays.delay("alice", "10.0.0.1")).isZero();
    }

    @Test
    void eachFurtherOneDoublesTheWaitUpToABound() {
        fail(4, "alice", "10.0.0.1");
        assertThat(delays.delay("alice", "10.0.0.1")).isEqualTo(250);
        fail(1, "alice", "10.0.0.1");
        assertThat(delays.delay("alice", "10.0.0.1")).isEqualTo(500);
        fail(1_000, "alice", "10.0.0.1");
        assertThat(delays.delay("alice", "10.0.0.1")).isEqualTo(5_000);
    }

    @Test
    void peaceIsForgetting() {
        fail(16, "alice", "10.0.0.1");

        now += 60_000;
        assertThat(delays.delay("alice", "10.0.0.1")).isEqualTo(250);
        now += 60_000;
        assertThat(delays.delay("alice", "10.0.0.1")).isZero();
    }

    @Test
    void strangersDoNotSlowAUserWhoHasBeenHere() {
        delays.succeeded("alice", "10.0.0.1");

        fail(100, "alice", "10.6.6.6");
        fail(100, "bob", "10.0.0.1");

        assertThat(delays.delay("alice", "10.0.0.1")).isZero();
    }

    @Test
    void strangersSlowAUserFromElsewhereALittleOnly() {
        fail(100, "alice", "10.6.6.6");

        assertThat(delays.delay("alice", "10.0.0.2")).isEqualTo(2_000);
        assertThat(delays.delay("carol", "10.0.0.2")).isZero();
    }

    @Test
    void manyUsersFromOneAddressAreSlowedToo() {
        for (int i = 0; i < 100; i++) {
            fail(1, "user" + i, "10.6.6.6");
        }

        assertThat(delays.delay("root", "10.6.6.6")).isEqualTo(2_000);
    }

    @Test
    void anAccountOfOnesOwnDoesNotForgiveGuessesAtOthers() {
        fail(100, "alice", "10.6.6.6");

        delays.succeeded("mallory", "10.6.6.6");

        assertThat(delays.delay("alice", "10.6.6.6")).isEqualTo(5_000);
        assertThat(delays.delay("bob", "10.6.6.6")).isEqualTo(2_000);
    }

    private void fail(int times, String user, String address) {
        for (int i = 0; i < times; i++) {
            delays.failed(user, address);
        }
    }
}
