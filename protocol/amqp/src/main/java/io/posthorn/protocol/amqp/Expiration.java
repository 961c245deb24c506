package io.posthorn.protocol.amqp;

import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import org.jspecify.annotations.Nullable;

/// The property `expiration`: milliseconds, as decimal text.
final class Expiration {
    private static final long TEN_YEARS = 10L * 365 * 24 * 60 * 60 * 1000;
    private static final int DIGITS = 18;

    private Expiration() {}

    /// @return negative for none
    static long milliseconds(@Nullable String expiration, BasicMethod.Publish publish) {
        if (expiration == null) {
            return -1;
        }
        int digits = 0;
        int start = expiration.startsWith("-") || expiration.startsWith("+") ? 1 : 0;
        while (start + digits < expiration.length() && isDigit(expiration.charAt(start + digits))) {
            digits++;
        }
        if (digits == 0) {
            throw invalid(expiration, "no_integer", publish);
        }
        if (start + digits < expiration.length()) {
            throw invalid(expiration, "{leftover_string,\"" + expiration.substring(start + digits) + "\"}", publish);
        }
        String number = expiration.substring(start);
        if (digits > DIGITS || Long.parseLong(number) > TEN_YEARS) {
            throw invalid(expiration, "{value_too_large," + expiration + "}", publish);
        }
        if (expiration.startsWith("-") && Long.parseLong(number) > 0) {
            throw invalid(expiration, "{value_negative," + expiration + "}", publish);
        }
        return Long.parseLong(number);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static AmqpException invalid(String expiration, String why, BasicMethod.Publish publish) {
        return AmqpChannel.preconditionFailed("invalid expiration '%s': %s".formatted(expiration, why), publish);
    }
}
