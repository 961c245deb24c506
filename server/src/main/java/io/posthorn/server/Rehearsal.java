package io.posthorn.server;

import io.posthorn.server.cli.Cli;

/// What the launcher runs once after a build, so that the JVM can keep what it learned for later starts: a server
/// in memory, and each command against it.
public final class Rehearsal {
    private Rehearsal() {}

    public static void main(String[] arguments) {
        Cli.execute();
        Cli.execute("publish", "--help");
    }
}
