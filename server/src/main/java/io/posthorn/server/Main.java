package io.posthorn.server;

import io.posthorn.server.cli.Cli;

/// Where the process begins.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /// @return the exit code
    static int run(String... arguments) {
        return Cli.execute(arguments);
    }
}
