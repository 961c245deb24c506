package io.posthorn.server.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Prints what a shell needs to complete a command line: all commands, options and values are in the script, so that
/// completing starts no process. picocli writes the one for bash. In zsh that one would change settings and an alias of
/// the user's shell, and for fish it has none, so these two are written here.
final class CompletionCommand {
    private CompletionCommand() {}

    static CommandSpec described() {
        return Command.named("completion", "Print what a shell needs to complete commands.")
                .wordOf(List.of("bash", "zsh", "fish"), "SHELL", "bash, zsh or fish")
                .help(
                        "  eval \"$(./posthorn completion bash)\"     in ~/.bashrc",
                        "  eval \"$(./posthorn completion zsh)\"      in ~/.zshrc, behind compinit",
                        "  ./posthorn completion fish | source      in ~/.config/fish/config.fish")
                .does(given -> {
                    System.out.print(script(given.word(0)));
                    return ExitCode.OK;
                });
    }

    private static String script(String shell) {
        CommandSpec root = CommandTree.whole();
        return switch (shell) {
            case "bash" -> AutoComplete.bash("posthorn", new CommandLine(root));
            case "zsh" -> zsh(root);
            default -> fish(root);
        };
    }

    private static String zsh(CommandSpec root) {
        return """
                _posthorn() {
                    local -a known
                    case ${words[CURRENT-1]} in
                %s
                    esac
                    if ((CURRENT == 2)); then
                        known=(%s)
                    elif ((! ${#known})); then
                        if [[ ${words[CURRENT]} != -* && $CURRENT -eq 3 ]]; then
                            case ${words[2]} in
                %s
                            esac
                        else
                            case "${words[2]-} ${words[3]-}" in
                %s
                            esac
                        fi
                    fi
                    compadd -a known || _files
                }
                compdef _posthorn posthorn ./posthorn
                """.formatted(
                        cases(values(root)),
                        String.join(" ", root.subcommands().keySet()),
                        cases(children(root)),
                        cases(options(root)));
    }

    private static String cases(Map<String, String> known) {
        return known.entrySet().stream()
                .map(one -> "        %s) known=(%s) ;;".formatted(one.getKey(), one.getValue()))
                .collect(Collectors.joining("\n"));
    }

    // What can stand behind an option; an option means the same wherever it is.
    private static Map<String, String> values(CommandSpec root) {
        var values = new TreeMap<String, String>();
        CommandTree.leaves(root)
                .flatMap(command -> command.options().stream())
                .filter(option -> option.completionCandidates() != null)
                .forEach(option -> values.put(option.longestName(), values(option)));
        return values;
    }

    private static String values(OptionSpec option) {
        return StreamSupport.stream(option.completionCandidates().spliterator(), false)
                .collect(Collectors.joining(" "));
    }

    private static Map<String, String> children(CommandSpec root) {
        return CommandTree.subcommands(root)
                .filter(command -> !command.subcommands().isEmpty())
                .collect(Collectors.toMap(
                        CommandSpec::name,
                        command -> String.join(" ", command.subcommands().keySet()),
                        (one, _) -> one,
                        TreeMap::new));
    }

    private static Map<String, String> options(CommandSpec root) {
        return CommandTree.leaves(root)
                .collect(Collectors.toMap(
                        CompletionCommand::written,
                        command -> command.options().stream()
                                .map(OptionSpec::longestName)
                                .collect(Collectors.joining(" ")),
                        (one, _) -> one,
                        TreeMap::new));
    }

    // `"queue ls"`, and `"serve "*`, which may be followed by anything.
    private static String written(CommandSpec leaf) {
        String name = leaf.qualifiedName();
        String words = name.substring(name.indexOf(' ') + 1);
        return words.contains(" ") ? "\"" + words + "\"" : "\"" + words + " \"*";
    }

    private static String fish(CommandSpec root) {
        var lines = new StringBuilder("complete -c posthorn -e\n");
        CommandTree.subcommands(root).forEach(command -> {
            lines.append("complete -c posthorn -f -n __fish_use_subcommand -a %s -d %s\n"
                    .formatted(command.name(), quoted(summary(command))));
            fish(command, "__fish_seen_subcommand_from " + command.name(), lines);
        });
        return lines.toString();
    }

    private static void fish(CommandSpec command, String seen, StringBuilder lines) {
        CommandTree.subcommands(command).forEach(second -> {
            lines.append("complete -c posthorn -f -n %s -a %s -d %s\n"
                    .formatted(quoted(seen), second.name(), quoted(summary(second))));
            fish(second, seen + "; and __fish_seen_subcommand_from " + second.name(), lines);
        });
        if (command.subcommands().isEmpty()) {
            command.options().forEach(option -> lines.append(fish(option, seen)));
        }
    }

    private static String fish(OptionSpec option, String seen) {
        String values = option.completionCandidates() == null ? "" : " -f -a " + quoted(values(option));
        return "complete -c posthorn -n %s -l %s%s%s -d %s\n"
                .formatted(
                        quoted(seen),
                        option.longestName().substring(2),
                        option.arity().max() > 0 ? " -r" : "",
                        values,
                        quoted(Command.text(option.description())));
    }

    private static String summary(CommandSpec command) {
        return Command.text(command.usageMessage().description());
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
