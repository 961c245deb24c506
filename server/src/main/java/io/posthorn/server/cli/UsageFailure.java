package io.posthorn.server.cli;

import java.io.Serial;

/// A command line that makes no sense.
final class UsageFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String usage;

    /// @param usage what could have been written
    UsageFailure(String what, String usage) {
        super(what, null, false, false);
        this.usage = usage;
    }

    String usage() {
        return usage;
    }
}
