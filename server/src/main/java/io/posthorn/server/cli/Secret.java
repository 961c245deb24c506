package io.posthorn.server.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A password, from whoever types it, or from the first line of standard input: never from the command line, which
/// every process of the machine can read.
final class Secret {
    private Secret() {}

    static String read(String user) {
        String password =
                Terminal.console().map(console -> typed(console, user)).orElseGet(Secret::piped);
        if (password.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.WRONG_USAGE,
                    "a password cannot be empty. Type one, pipe one in, or use --no-password for a user who logs in otherwise.");
        }
        return password;
    }

    private static String typed(Console console, String user) {
        char[] first = typed(console.readPassword("Password of '%s': ", Shown.text(user)));
        char[] second = typed(console.readPassword("Once more: "));
        if (!Arrays.equals(first, second)) {
            throw new CommandFailure("the two differ, so nothing was changed.");
        }
        return new String(first);
    }

    private static char[] typed(char[] typed) {
        return typed == null ? new char[0] : typed;
    }

    private static String piped() {
        try {
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new CommandFailure("the password could not be read: %s.".formatted(e.getMessage()));
        }
    }
}
