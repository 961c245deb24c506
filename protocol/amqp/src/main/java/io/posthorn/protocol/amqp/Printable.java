package io.posthorn.protocol.amqp;

import java.util.Locale;

/// Text from a peer, made fit for a log and for a reply: what it sent must not look like a line of ours.
final class Printable {
    private static final int LONGEST_LOGGED = 300;
    private static final int LONGEST_REPLY = 255;

    private Printable() {}

    static String logged(String text) {
        var printable = new StringBuilder();
        for (int i = 0; i < text.length() && printable.length() < LONGEST_LOGGED; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7f) {
                printable.append(String.format(Locale.ROOT, c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c));
            } else {
                printable.append(c);
            }
        }
        return printable.toString();
    }

    /// Cut to the 255 bytes that a reply text may have.
    static String reply(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Each half of a surrogate pair counts two of its four bytes; a pair is not torn apart.
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
            if (bytes > LONGEST_REPLY) {
                return text.substring(0, Character.isLowSurrogate(c) ? i - 1 : i);
            }
        }
        return text;
    }
}
