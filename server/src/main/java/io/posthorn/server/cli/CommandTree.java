package io.posthorn.server.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// All commands, by their first word. Only those of the word that was written are made: a command line is read a
/// hundred times more often than its overview.
final class CommandTree {
    /// @param name the first word of all its commands
    record Group(String name, String summary, Supplier<List<Command>> commands) {}

    static final List<Group> GROUPS = List.of(
            new Group("serve", "run a broker, until Ctrl-C", () -> List.of(ServeCommand.COMMAND)),
            new Group("publish", "publish to a queue", () -> List.of(PublishCommand.COMMAND)),
            new Group("consume", "take messages out of a queue", () -> List.of(ConsumeCommand.COMMAND)),
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
            new Group("status", "what the broker is and how it does", () -> List.of(StatusCommand.COMMAND)),
            new Group("top", "the busiest queues, live", () -> List.of(TopCommand.COMMAND)),
            new Group("completion", "completion for bash, zsh and fish", () -> List.of(CompletionCommand.COMMAND)));

    private CommandTree() {}

    static Optional<Group> group(String name) {
        return GROUPS.stream().filter(group -> group.name().equals(name)).findFirst();
    }

    static List<String> names() {
        return GROUPS.stream().map(Group::name).toList();
    }

    static List<Command> all() {
        return GROUPS.stream().flatMap(group -> group.commands().get().stream()).toList();
    }
}
