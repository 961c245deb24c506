package io.posthorn.server.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "./posthorn",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        descriptionHeading = "%n",
        description = {
            "Posthorn is a message broker: it keeps messages in durable queues until somebody has taken them.",
            "Programs reach it with any AMQP 0-9-1 client, such as those for RabbitMQ."
        },
        commandListHeading = "%nCommands:%n",
        subcommands = {PublishCommand.class, ConsumeCommand.class, QueueCommand.class},
        footer = {
            "",
            "The first minute:",
            "  ./posthorn serve                          start a broker (in another terminal)",
            "  ./posthorn publish hello 'a message'      put a message into the queue 'hello'",
            "  ./posthorn consume hello                  take it out again",
            "  ./posthorn COMMAND --help                 more about a command"
        })
public final class PosthornCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    /// Runs a command line.
    ///
    /// @return the exit code: 0 done, 1 failed, 2 wrong usage or settings
    public static int run(String... arguments) {
        var line = new CommandLine(new PosthornCommand());
        line.setExecutionExceptionHandler(new Failures());
        line.setParameterExceptionHandler(new Failures());
        for (CommandLine each : line.getSubcommands().values()) {
            addHelp(each);
        }
        return line.execute(arguments);
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec().mixinStandardHelpOptions(true);
        command.getSubcommands().values().forEach(PosthornCommand::addHelp);
    }

    @Override
    public void run() {
        CommandLine.usage(java.util.Objects.requireNonNull(spec), System.out);
    }
}
