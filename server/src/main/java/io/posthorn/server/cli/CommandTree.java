package io.posthorn.server.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// All commands, by their first word. What is described to picocli is only the command that was written, where one was:
/// a command line is read a hundred times more often than the help of all.
final class CommandTree {
    private static final String NAME = "./posthorn";

    /// What the first word can be.
    sealed interface Entry {
        String name();

        String summary();
    }

    /// A word that is a command by itself.
    record Single(String name, String summary, Supplier<CommandSpec> command) implements Entry {}

    /// A word that needs a second one.
    record Group(String name, String summary, Supplier<List<CommandSpec>> commands) implements Entry {
        CommandSpec described(Optional<String> second) {
            CommandSpec group =
                    Command.group(name, Character.toUpperCase(summary.charAt(0)) + summary.substring(1) + ".");
            List<CommandSpec> all = commands.get();
            List<CommandSpec> written = all.stream()
                    .filter(command -> second.filter(command.name()::equals).isPresent())
                    .toList();
            (written.isEmpty() ? all : written).forEach(command -> group.addSubcommand(command.name(), command));
            return group;
        }
    }

    static final List<Entry> ENTRIES = List.of(
            new Single("serve", "run a broker, until Ctrl-C", ServeCommand::described),
            new Single("publish", "publish to a queue", PublishCommand::described),
            new Single("consume", "take messages out of a queue", ConsumeCommand::described),
            new Group("queue", "list, make, look into, pause, empty, delete queues", QueueCommands::all),
            new Group("exchange", "list, make, delete exchanges", ExchangeCommands::exchanges),
            new Group("binding", "list, add, delete bindings", ExchangeCommands::bindings),
            new Group("message", "publish, get, look at, export and import messages", MessageCommands::all),
            new Group("dlq", "dead letters in groups, looked at and sent back", DeadLetterCommands::all),
            new Group("delayed", "list and cancel messages that wait for their time", DelayedCommand::all),
            new Group("definitions", "what is declared and decided, as a file and back", DefinitionsCommands::all),
            new Group("user", "users, their passwords, tags, permissions, limits", UserCommands::all),
            new Group("vhost", "virtual hosts and their limits", VirtualHostCommands::all),
            new Group("policy", "arguments for all queues or exchanges of a pattern", PolicyCommands::all),
            new Group("connection", "list and close connections", ConnectionCommands::connections),
            new Group("channel", "list channels", ConnectionCommands::channels),
            new Group("consumer", "list consumers", ConnectionCommands::consumers),
            new Group("check", "whether all is well, for scripts and monitoring", CheckCommands::all),
            new Single("status", "what the broker is and how it does", StatusCommand::described),
            new Single("top", "the busiest queues, live", TopCommand::described),
            new Single("completion", "completion for bash, zsh and fish", CompletionCommand::described));

    private CommandTree() {}

    /// What is needed to read this command line.
    static CommandSpec of(List<String> written) {
        CommandSpec root = root();
        Optional<Entry> entry = written.isEmpty() ? Optional.empty() : entry(written.getFirst());
        entry.ifPresentOrElse(
                word -> root.addSubcommand(
                        word.name(),
                        described(
                                word,
                                Optional.of(written)
                                        .filter(all -> all.size() > 1)
                                        .map(all -> all.get(1)))),
                () -> ENTRIES.forEach(
                        word -> root.addSubcommand(word.name(), Command.group(word.name(), word.summary()))));
        return root;
    }

    /// All there is.
    static CommandSpec whole() {
        CommandSpec root = root();
        ENTRIES.forEach(word -> root.addSubcommand(word.name(), described(word, Optional.empty())));
        return root;
    }

    /// Those that do something.
    static Stream<CommandSpec> leaves(CommandSpec command) {
        return command.subcommands().isEmpty()
                ? Stream.of(command)
                : subcommands(command).flatMap(CommandTree::leaves);
    }

    static Stream<CommandSpec> subcommands(CommandSpec command) {
        return command.subcommands().values().stream().map(CommandLine::getCommandSpec);
    }

    private static Optional<Entry> entry(String word) {
        return ENTRIES.stream().filter(entry -> entry.name().equals(word)).findFirst();
    }

    private static CommandSpec described(Entry entry, Optional<String> second) {
        return switch (entry) {
            case Single single -> single.command().get();
            case Group group -> group.described(second);
        };
    }

    private static CommandSpec root() {
        CommandSpec root = Command.group(
                NAME, "Posthorn is a message broker: it keeps messages in durable queues until somebody takes them.");
        root.addOption(Options.version());
        root.usageMessage()
                .footerHeading("%n")
                .footer(
                        "The first minute:",
                        "  ./posthorn serve                       run a broker, until Ctrl-C",
                        "  ./posthorn publish hello 'a message'   in another terminal: put a message into the queue 'hello'",
                        "  ./posthorn consume hello               take it out again",
                        "",
                        "Programs reach it with any AMQP 0-9-1 client, such as those made for RabbitMQ, and any Kafka client.",
                        "./posthorn COMMAND --help says more about a command; README.md has a first program.");
        return root;
    }
}
