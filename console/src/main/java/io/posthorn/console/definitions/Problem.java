package io.posthorn.console.definitions;

import java.io.Serial;

/// One thing wrong with a file, with its place.
final class Problem extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    Problem(Place place, String text) {
        super(place + " " + text, null, false, false);
    }

    /// The message is never missing.
    String text() {
        return String.valueOf(getMessage());
    }
}
