package io.posthorn.broker.message;

import io.posthorn.log.Bytes;
import org.jspecify.annotations.Nullable;

/// Numbers that are never negative, as text that other protocols read and write.
final class Decimal {
    /// What is no such number.
    static final long NONE = -1;

    private static final int MOST_DIGITS = 18;

    private Decimal() {}

    static Bytes of(long number) {
        return Bytes.utf8(Long.toString(number));
    }

    static long parse(@Nullable Bytes text) {
        if (text == null || text.length() == 0 || text.length() > MOST_DIGITS) {
            return NONE;
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.get(i) - '0';
            if (digit < 0 || digit > 9) {
                return NONE;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
