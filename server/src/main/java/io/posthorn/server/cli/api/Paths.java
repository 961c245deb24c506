package io.posthorn.server.cli.api;

import java.nio.charset.StandardCharsets;

/// Paths of the management API, whose segments may hold anything: `/api/queues/%2F/a%20queue`.
public final class Paths {
    private static final String UNRESERVED = "-._~";

    private Paths() {}

    public static String api(String... segments) {
        return path("/api", segments);
    }

    public static String v1(String... segments) {
        return path("/v1", segments);
    }

    private static String path(String root, String... segments) {
        var path = new StringBuilder(root);
        for (String segment : segments) {
            path.append('/');
            if (segment.equals(".") || segment.equals("..")) {
                path.append("%2E".repeat(segment.length())); // they would be steps on the way, not names
            } else {
                append(segment, path);
            }
        }
        return path.toString();
    }

    /// One segment, or one value of a query (RFC 3986, 2.3).
    public static String encode(String text) {
        var encoded = new StringBuilder(text.length() + 16);
        append(text, encoded);
        return encoded.toString();
    }

    private static void append(String text, StringBuilder path) {
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xFF);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
                path.append(c);
            } else {
                path.append('%');
                path.append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
                path.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
    }
}
