package io.posthorn.console.definitions;

import java.io.Serial;
import java.util.List;

/// A file that cannot be imported, with everything that is wrong with it, each with its place.
public final class DefinitionsException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int SHOWN_AT_MOST = 10;

    private final boolean isJson;

    DefinitionsException(List<String> problems) {
        this(message(problems), true);
    }

    private DefinitionsException(String message, boolean isJson) {
        super(message);
        this.isJson = isJson;
    }

    static DefinitionsException notJson(String why) {
        return new DefinitionsException("This is no JSON: " + why, false);
    }

    /// Whether the file is JSON at all.
    public boolean isJson() {
        return isJson;
    }

    private static String message(List<String> problems) {
        var shown = String.join("\n", problems.subList(0, Math.min(problems.size(), SHOWN_AT_MOST)));
        int more = problems.size() - SHOWN_AT_MOST;
        return more <= 0 ? shown : shown + "\nand %,d more".formatted(more);
    }
}
