package io.posthorn.server.control;

import java.io.Serial;

/// Why a broker could not be asked, in words for its user.
public final class ControlException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String text;

    ControlException(String text) {
        super(text, null, false, false);
        this.text = text;
    }

    @Override
    public String getMessage() {
        return text;
    }
}
