package io.posthorn.broker.topology;

import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Which names may be given.
public final class Names {
    private static final int MAX_BYTES = 255;
    private static final int MAX_TOPIC = 249;
    private static final String RESERVED = "amq.";

    /// Where Kafka's coordinators keep what they know.
    private static final Set<String> INTERNAL = Set.of("__consumer_offsets", "__transaction_state");

    private Names() {}

    /// Names never hold line breaks: RabbitMQ takes them out wherever a client writes a name.
    public static String withoutLineBreaks(String name) {
        return name.indexOf('\n') < 0 && name.indexOf('\r') < 0
                ? name
                : name.replace("\n", "").replace("\r", "");
    }

    static boolean isReserved(String name) {
        return name.startsWith(RESERVED);
    }

    /// Whether a protocol keeps something of its own there, which is nobody else's.
    public static boolean isInternal(String name) {
        return INTERNAL.contains(name);
    }

    /// Whether protocols of event streams can say the name: `[a-zA-Z0-9._-]{1,249}`, but for `.` and `..`.
    static boolean isOfTopic(String name) {
        int length = name.length();
        if (length == 0 || length > MAX_TOPIC || name.equals(".") || name.equals("..")) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (!isOfTopic(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOfTopic(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /// @param kind `queue` or `exchange`
    static void checkNew(String kind, String name) {
        if (isReserved(name)) {
            throw new AccessRefused(kind + " name '" + name + "' contains reserved prefix 'amq.*'");
        }
        if (isInternal(name)) {
            throw new AccessRefused(kind + " name '" + name + "' is reserved");
        }
        checkLength(kind + " name", name);
    }

    static void checkLength(String what, String text) {
        // No character takes more than three bytes of UTF-8 for one of UTF-16.
        if (text.length() > MAX_BYTES / 3 && text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new PreconditionFailed(what + " is longer than " + MAX_BYTES + " bytes");
        }
    }

    /// `amq.gen-` and 22 characters that nobody guesses.
    static String generated(RandomGenerator random) {
        var bytes = new byte[16];
        random.nextBytes(bytes);
        return RESERVED + "gen-" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
