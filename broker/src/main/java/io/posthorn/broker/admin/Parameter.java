package io.posthorn.broker.admin;

import org.jspecify.annotations.Nullable;

/// Something kept for a component by name, that the broker itself makes nothing of, but for
/// [io.posthorn.broker.topic.TopicDefaults].
///
/// @param virtualHost null for a global parameter, whose component is empty
/// @param json the value, as JSON text
public record Parameter(@Nullable String virtualHost, String component, String name, String json) {
    /// The value where it is a single word or number, in quotes or without; null for anything else.
    public @Nullable String word() {
        String text = json.strip();
        if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1);
        }
        return text.chars().allMatch(Parameter::isOfWords) ? text : null;
    }

    private static boolean isOfWords(int c) {
        return c > ' ' && c < 127 && "\"\\{}[]".indexOf(c) < 0;
    }
}
