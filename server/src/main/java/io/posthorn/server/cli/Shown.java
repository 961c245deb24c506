package io.posthorn.server.cli;

/// Text of others on a terminal: a name may hold anything, what a terminal would obey included.
final class Shown {
    private Shown() {}

    static String text(String text) {
        if (text.chars().noneMatch(Shown::isCommand)) {
            return text;
        }
        var shown = new StringBuilder(text.length() + 16);
        text.chars().forEach(c -> {
            if (isCommand(c)) {
                shown.append("\\u%04x".formatted(c));
            } else {
                shown.append((char) c);
            }
        });
        return shown.toString();
    }

    // Control characters, and those that turn the direction of what follows.
    private static boolean isCommand(int c) {
        return Character.isISOControl(c)
                || (c >= 0x200E && c <= 0x200F)
                || (c >= 0x202A && c <= 0x202E)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0x2028
                || c == 0x2029;
    }
}
