package io.posthorn.broker.security;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How long an attempt to log in has to wait because others have failed. Thread-safe.
///
/// Three failures are free, being those of people; then each doubles the wait, up to a bound, and half a minute
/// of peace halves the count. What has failed is counted by user and address together, by address, and by
/// user. The latter two bounds are lower, and count nothing for a user who has logged in from this address
/// lately: so strangers can lock nobody out, and somebody who guesses from many addresses is slowed all the
/// same.
final class LoginDelays {
    private static final int FREE_FAILURES = 3;
    private static final long FIRST_MILLIS = 250;
    private static final long MOST_MILLIS_OF_PAIR = 5_000;
    private static final long MOST_MILLIS_OF_ONE = 2_000;
    private static final long HALVED_AFTER_MILLIS = 30_000;
    private static final long TRUSTED_FOR_MILLIS = 3_600_000;
    private static final int MOST_KEYS = 10_000;
    private static final int LONGEST_NAME = 255;
    // Beyond it the delay is the longest anyway, and forgetting should not take long.
    private static final int MOST_FAILURES = 16;

    private final InstantSource clock;
    private final Map<String, Failures> failures = bounded();
    private final Map<String, Long> trusted = bounded();

    private record Failures(int count, long since) {}

    LoginDelays(InstantSource clock) {
        this.clock = clock;
    }

    private static <T> Map<String, T> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
                return size() > MOST_KEYS;
            }
        };
    }

    /// In milliseconds; most often 0.
    synchronized long delay(String user, String address) {
        long now = clock.millis();
        long delay = delay(pair(user, address), MOST_MILLIS_OF_PAIR, now);
        Long trustedAt = trusted.get(pair(user, address));
        if (trustedAt != null && now - trustedAt < TRUSTED_FOR_MILLIS) {
            return delay;
        }
        delay = Math.max(delay, delay(ofUser(user), MOST_MILLIS_OF_ONE, now));
        return Math.max(delay, delay(ofAddress(address), MOST_MILLIS_OF_ONE, now));
    }

    private long delay(String key, long most, long now) {
        int count = count(failures.get(key), now);
        return count <= FREE_FAILURES ? 0 : Math.min(most, FIRST_MILLIS << (count - FREE_FAILURES - 1));
    }

    private static int count(@Nullable Failures known, long now) {
        if (known == null) {
            return 0;
        }
        long halvings = Math.max(0, (now - known.since()) / HALVED_AFTER_MILLIS);
        return halvings > 30 ? 0 : known.count() >> halvings;
    }

    synchronized void failed(String user, String address) {
        long now = clock.millis();
        for (String key : new String[] {pair(user, address), ofUser(user), ofAddress(address)}) {
            int count = count(failures.get(key), now);
            failures.put(key, new Failures(Math.min(MOST_FAILURES, count + 1), now));
        }
    }

    /// What others failed with, or failed at, is not forgiven: somebody may own one account and want another.
    synchronized void succeeded(String user, String address) {
        failures.remove(pair(user, address));
        trusted.put(pair(user, address), clock.millis());
    }

    // No address has a space.
    private static String pair(String user, String address) {
        return "p " + address + " " + shortened(user);
    }

    private static String ofUser(String user) {
        return "u " + shortened(user);
    }

    /// Whoever invents names of any length shall not fill us with them; no user has a longer one.
    private static String shortened(String user) {
        return user.length() <= LONGEST_NAME ? user : user.substring(0, LONGEST_NAME);
    }

    private static String ofAddress(String address) {
        return "a " + address;
    }
}
