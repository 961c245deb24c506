package io.posthorn.broker;

/// Lengths of time as RabbitMQ's stream arguments write them: a whole number and one letter, as in `7D` or `1h`.
public final class Age {
    /// What is answered for a text that is no length of time.
    public static final long INVALID = -1;

    /// Longer than any clock runs, and sums with it do not overflow.
    private static final long LONGEST = 1L << 52;

    private Age() {}

    /// @return milliseconds, or [#INVALID]
    public static long parse(String text) {
        int last = text.length() - 1;
        if (last < 1) {
            return INVALID;
        }
        long unit = unit(text.charAt(last));
        long number = number(text, last);
        return unit == INVALID || number <= 0 ? INVALID : Math.min(number, LONGEST / unit) * unit;
    }

    private static long unit(char letter) {
        return switch (letter) {
            case 's' -> 1_000;
            case 'm' -> 60_000;
            case 'h' -> 3_600_000;
            case 'D' -> 86_400_000;
            case 'M' -> 30 * 86_400_000L;
            case 'Y' -> 365 * 86_400_000L;
            default -> INVALID;
        };
    }

    private static long number(String text, int end) {
        long number = 0;
        for (int i = 0; i < end; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return INVALID;
            }
            number = Math.min(number * 10 + digit, LONGEST);
        }
        return number;
    }
}
