package io.posthorn.protocol.amqp;

/// Text made fit for a reply.
final class ReplyText {
    private static final int LONGEST = 255;

    private ReplyText() {}

    /// Cut to the 255 bytes that a reply text may have.
    static String cut(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Each half of a surrogate pair counts two of its four bytes; a pair is not torn apart.
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
            if (bytes > LONGEST) {
                return text.substring(0, Character.isLowSurrogate(c) ? i - 1 : i);
            }
        }
        return text;
    }
}
