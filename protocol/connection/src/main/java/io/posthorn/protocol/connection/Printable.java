package io.posthorn.protocol.connection;

import java.util.Locale;

/// Text from a peer, made fit for a log: what it sent must not look like a line of ours.
public final class Printable {
    private static final int LONGEST = 300;

    private Printable() {}

    public static String logged(String text) {
        var printable = new StringBuilder();
        for (int i = 0; i < text.length() && printable.length() < LONGEST; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7f) {
                printable.append(String.format(Locale.ROOT, c < 0x100 ? "\\x%02x" : "\\u%04x", (int) c));
            } else {
                printable.append(c);
            }
        }
        return printable.toString();
    }
}
