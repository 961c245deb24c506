package io.posthorn.server;

import io.posthorn.server.cli.Cli;

/// Where the process begins.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(Cli.execute(arguments));
    }
}
