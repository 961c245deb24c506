package io.posthorn.console.definitions;

import org.jspecify.annotations.Nullable;

/// Where in a file something stands: the way to it from the top, and its line.
record Place(@Nullable Place within, String step, int line) {
    static Place top(int line) {
        return new Place(null, "", line);
    }

    Place member(String key, int line) {
        return new Place(this, path().isEmpty() ? key : "." + key, line);
    }

    Place item(int index, int line) {
        return new Place(this, "[" + index + "]", line);
    }

    /// `queues[3].arguments`
    String path() {
        return within == null ? step : within.path() + step;
    }

    /// `queues[3].arguments (line 12)`
    @Override
    public String toString() {
        return path().isEmpty() ? "line " + line : path() + " (line " + line + ")";
    }
}
