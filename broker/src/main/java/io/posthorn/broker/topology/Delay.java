package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import java.math.BigDecimal;

/// How long a message is to wait, as its header `x-delay` says: a whole number of milliseconds, but other numbers and
/// texts will do, as with the plugin.
final class Delay {
    static final String HEADER = "x-delay";

    private static final int MOST_DIGITS = 18;

    private Delay() {}

    /// 0 when there is no such header, or it makes no sense. Negative after the message has waited.
    static long of(Arguments headers) {
        return switch (headers.get(HEADER)) {
            case BigDecimal number -> number.longValue();
            case Number number -> number.longValue();
            case String text -> ofText(text);
            case null, default -> 0;
        };
    }

    private static long ofText(String text) {
        boolean isNumber =
                !text.isEmpty() && text.length() <= MOST_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Long.parseLong(text) : 0;
    }
}
