package io.posthorn.console.metrics;

/// The labels of a sample, as they are written. Immutable.
final class Labels {
    private final String text;

    private Labels(String text) {
        this.text = text;
    }

    static Labels of(String name, String value) {
        return new Labels(pair(name, value));
    }

    Labels and(String name, String value) {
        return new Labels(text + "," + pair(name, value));
    }

    /// The format knows three characters that must be escaped in values.
    private static String pair(String name, String value) {
        var pair = new StringBuilder(name.length() + value.length() + 3);
        pair.append(name).append("=\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> pair.append("\\\\");
                case '"' -> pair.append("\\\"");
                case '\n' -> pair.append("\\n");
                default -> pair.append(c);
            }
        }
        return pair.append('"').toString();
    }

    /// `{vhost="/",queue="q"}`
    @Override
    public String toString() {
        return "{" + text + "}";
    }
}
