package io.posthorn.protocol.amqp;

import java.security.SecureRandom;
import java.util.Base64;

/// Consumer tags for clients that want one made: `amq.ctag-` and 22 characters nobody can guess.
final class ConsumerTags {
    private static final int RANDOM_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private ConsumerTags() {}

    static String next() {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return "amq.ctag-" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
