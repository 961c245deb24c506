package io.posthorn.console.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Percent-encoding (RFC 3986, 2.1) of UTF-8.
public final class PercentCode {
    private static final int HEX = 16;
    private static final String UNRESERVED = "-._~";

    private PercentCode() {}

    /// @param plusIsSpace as in a form, and so in the query of a URL
    /// @return nothing when a `%` does not stand before two digits, or what comes out is no UTF-8
    static Optional<String> decode(String text, boolean plusIsSpace) {
        if (text.indexOf('%') < 0 && !(plusIsSpace && text.indexOf('+') >= 0) && isAscii(text)) {
            return Optional.of(text);
        }
        var bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int octet = octet(text, i + 1);
                if (octet < 0) {
                    return Optional.empty();
                }
                bytes.write(octet);
                i += 2;
            } else {
                // A byte beyond ASCII is not allowed in a request line; Netty hands each over as one char.
                bytes.write(c == '+' && plusIsSpace ? ' ' : c);
            }
        }
        return utf8(bytes.toByteArray());
    }

    /// Everything but letters, digits and `-._~`.
    public static String encode(String text) {
        var encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xFF);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(digit(octet >> 4)).append(digit(octet));
            }
        }
        return encoded.toString();
    }

    /// @return -1 when there are no two digits
    private static int octet(String text, int from) {
        if (from + 2 > text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(from), HEX);
        int low = Character.digit(text.charAt(from + 1), HEX);
        return high < 0 || low < 0 ? -1 : high * HEX + low;
    }

    private static char digit(int value) {
        return Character.toUpperCase(Character.forDigit(value & 0xF, HEX));
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
