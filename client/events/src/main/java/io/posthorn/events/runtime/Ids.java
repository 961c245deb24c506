package io.posthorn.events.runtime;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// Ids that nobody else gives: 122 bits, of which a process draws all but a number that counts. Nobody has to be
/// kept from guessing them, so there is no lock and no entropy in each. Thread-safe.
final class Ids {
    private static final long VERSION_8 = 0x8000L;
    private static final long VARIANT_2 = 0x8000_0000_0000_0000L;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long HIGH = (RANDOM.nextLong() & ~0xF000L) | VERSION_8;
    private static final AtomicLong LOW = new AtomicLong(RANDOM.nextLong());

    private Ids() {}

    /// As a UUID of version 8 (RFC 9562, section 5.8).
    static String next() {
        long low = LOW.getAndIncrement();
        return new UUID(HIGH, (low & 0x3FFF_FFFF_FFFF_FFFFL) | VARIANT_2).toString();
    }
}
