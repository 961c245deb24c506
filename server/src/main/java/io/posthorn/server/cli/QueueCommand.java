package io.posthorn.server.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "queue",
        description = "List, make and delete queues.",
        subcommands = {QueueListCommand.class, QueueDeclareCommand.class, QueueDeleteCommand.class})
final class QueueCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        CommandLine.usage(java.util.Objects.requireNonNull(spec), System.out);
    }
}
