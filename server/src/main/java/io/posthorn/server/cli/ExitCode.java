package io.posthorn.server.cli;

/// What a command ends with, for scripts.
enum ExitCode {
    OK(0, "done"),
    FAILED(1, "it could not be done"),
    WRONG_USAGE(2, "the command line or a setting is wrong"),
    CHECK_FAILED(3, "a check found what it looks for, or a dry run a difference"),
    NOT_FOUND(4, "what was asked about is not there"),
    NOT_ALLOWED(5, "the user is not known, or may not do that"),
    UNREACHABLE(6, "no broker answers, or not in time");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    String meaning() {
        return meaning;
    }
}
