package io.posthorn.events.runtime;

/// Names of the headers that the library keeps its own facts in.
final class Headers {
    /// How often a message was tried before, by handlers that failed.
    static final String ATTEMPTS = "x-attempts";

    /// Why it is a dead letter.
    static final String ERROR = "x-error";

    /// The kind of failure: the simple name of what was thrown.
    static final String ERROR_TYPE = "x-error-type";

    /// In which queue it was when it failed.
    static final String QUEUE = "x-first-queue";

    private Headers() {}
}
