package io.posthorn.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a setting's text becomes its value. Each throws [BadValue] with what the text should have been.
final class ValueReaders {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,15})\\s*([KMGT]i?B|B|[kmgt])?", Pattern.CASE_INSENSITIVE);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");

    private static final Pattern VERSION =
            Pattern.compile("\\d{1,5}\\.\\d{1,5}\\.\\d{1,5}([-+.][0-9A-Za-z.+-]{1,50})?");
    private static final int LONGEST_LINE = 100;

    private ValueReaders() {}

    static Path path(String text) {
        if (text.isBlank()) {
            throw new BadValue("it names nothing");
        }
        try {
            return Path.of(text);
        } catch (java.nio.file.InvalidPathException e) {
            throw new BadValue(e.getReason());
        }
    }

    /// A file that is looked at when it is needed; `none` is none.
    static Optional<Path> file(String text) {
        return text.equals("none") ? Optional.empty() : Optional.of(path(text));
    }

    static ServerConfig.AuditPlace auditPlace(String text) {
        return switch (text) {
            case "off" -> new ServerConfig.AuditPlace.Off();
            case "data" -> new ServerConfig.AuditPlace.InData();
            default -> new ServerConfig.AuditPlace.At(path(text));
        };
    }

    /// Any text; `none` is none.
    static Optional<String> maybe(String text) {
        return text.equals("none") || text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    static ServerConfig.ClientCertificates clientCertificates(String text) {
        return switch (text) {
            case "none" -> ServerConfig.ClientCertificates.NONE;
            case "optional" -> ServerConfig.ClientCertificates.OPTIONAL;
            case "required" -> ServerConfig.ClientCertificates.REQUIRED;
            default -> throw new BadValue("it is none of the three");
        };
    }

    static String tlsVersion(String text) {
        if (!text.equals("1.2") && !text.equals("1.3")) {
            throw new BadValue("it is no version that is spoken here");
        }
        return text;
    }

    static String line(String text) {
        if (text.isBlank() || text.length() > LONGEST_LINE || text.chars().anyMatch(Character::isISOControl)) {
            throw new BadValue("it is not one line of at most " + LONGEST_LINE + " characters");
        }
        return text;
    }

    /// Clients compare the three numbers.
    static String version(String text) {
        if (!VERSION.matcher(text).matches()) {
            throw new BadValue("it is no version such as 4.2.1");
        }
        return text;
    }

    static boolean yesOrNo(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw new BadValue("it is neither true nor false");
        };
    }

    /// Decimal and binary units mean the same here, as in most configuration files: powers of 1024.
    static long bytes(String text, long least, long most) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new BadValue("it is no size");
        }
        String unit = matcher.group(2) == null ? "b" : matcher.group(2).toLowerCase(Locale.ROOT);
        int shift = switch (unit.charAt(0)) {
            case 'k' -> 10;
            case 'm' -> 20;
            case 'g' -> 30;
            case 't' -> 40;
            default -> 0;
        };
        long number = Long.parseLong(matcher.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new BadValue("it is too large");
        }
        long bytes = number << shift;
        if (bytes < least || bytes > most) {
            throw new BadValue("it is not between %s and %s".formatted(size(least), size(most)));
        }
        return bytes;
    }

    private static String size(long bytes) {
        return bytes >= 1 << 20 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }

    static Duration duration(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new BadValue("it is no length of time");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    static int whole(String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new BadValue("it is no whole number");
        }
        throw new BadValue("it is not between " + least + " and " + most);
    }

    /// @see ConfigException which says where the value stands
    static final class BadValue extends RuntimeException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        BadValue(String why) {
            super(why, null, false, false);
        }

        String why() {
            return String.valueOf(getMessage());
        }
    }
}
