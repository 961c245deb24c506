package io.posthorn.server.cli;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Prints what a shell needs to complete a command line: all commands and options are in the script, so that
/// completing starts no process.
final class CompletionCommand {
    static final Command COMMAND = Command.named("completion", "Print what a shell needs to complete commands.")
            .word("SHELL", "bash, zsh or fish")
            .help(
                    "  eval \"$(./posthorn completion bash)\"     in ~/.bashrc",
                    "  eval \"$(./posthorn completion zsh)\"      in ~/.zshrc, behind compinit",
                    "  ./posthorn completion fish | source      in ~/.config/fish/config.fish")
            .does(given -> {
                System.out.print(script(given));
                return ExitCode.OK;
            });

    private CompletionCommand() {}

    private static String script(Arguments given) {
        return switch (given.word(0)) {
            case "bash" -> bash();
            case "zsh" -> zsh();
            case "fish" -> fish();
            default -> throw given.wrong("SHELL is bash, zsh or fish, not '%s'.".formatted(given.word(0)));
        };
    }

    private static String bash() {
        return """
                _posthorn() {
                    local current=${COMP_WORDS[COMP_CWORD]}
                    local known="${COMP_WORDS[1]-} ${COMP_WORDS[2]-}"
                    local words=
                    if ((COMP_CWORD == 1)); then
                        words="%s"
                    elif [[ $current != -* && $COMP_CWORD -eq 2 ]]; then
                        case ${COMP_WORDS[1]} in
                %s
                        esac
                    else
                        case $known in
                %s
                        esac
                    fi
                    COMPREPLY=($(compgen -W "$words" -- "$current"))
                    # Where no word of ours fits, a file may.
                    [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]] && COMPREPLY=($(compgen -f -- "$current"))
                    return 0
                }
                complete -F _posthorn posthorn ./posthorn
                """.formatted(String.join(" ", CommandTree.names()), seconds("words"), options("words"));
    }

    private static String zsh() {
        return """
                _posthorn() {
                    local -a known
                    local line="${words[2]-} ${words[3]-}"
                    if ((CURRENT == 2)); then
                        known=(%s)
                    elif [[ ${words[CURRENT]} != -* && $CURRENT -eq 3 ]]; then
                        case ${words[2]} in
                %s
                        esac
                    else
                        case $line in
                %s
                        esac
                    fi
                    compadd -a known || _files
                }
                compdef _posthorn posthorn ./posthorn
                """.formatted(String.join(" ", CommandTree.names()), seconds("known=()"), options("known=()"));
    }

    // One line a group that has commands of two words.
    private static String seconds(String variable) {
        return CommandTree.GROUPS.stream()
                .filter(group -> !group.commands().get().getFirst().name().equals(group.name()))
                .map(group -> {
                    String words = group.commands().get().stream()
                            .map(command ->
                                    command.name().substring(group.name().length() + 1))
                            .collect(Collectors.joining(" "));
                    return "            %s) %s ;;".formatted(group.name(), assigned(variable, words));
                })
                .collect(Collectors.joining("\n"));
    }

    private static String options(String variable) {
        return CommandTree.all().stream()
                .map(command -> "            \"%s\"%s) %s ;;"
                        .formatted(
                                command.name() + (command.name().contains(" ") ? "" : " "),
                                command.name().contains(" ") ? "" : "*",
                                assigned(variable, options(command).collect(Collectors.joining(" ")))))
                .collect(Collectors.joining("\n"));
    }

    private static String assigned(String variable, String words) {
        return variable.endsWith("()")
                ? "%s%s)".formatted(variable.substring(0, variable.length() - 1), words)
                : "%s=\"%s\"".formatted(variable, words);
    }

    private static Stream<String> options(Command command) {
        return Stream.concat(command.options().stream().map(Command.Option::name), Stream.of("--help"));
    }

    private static String fish() {
        var lines = new StringBuilder("complete -c posthorn -e\n");
        for (CommandTree.Group group : CommandTree.GROUPS) {
            lines.append("complete -c posthorn -f -n __fish_use_subcommand -a %s -d %s\n"
                    .formatted(group.name(), quoted(group.summary())));
            group.commands().get().forEach(command -> fish(group, command, lines));
        }
        return lines.toString();
    }

    private static void fish(CommandTree.Group group, Command command, StringBuilder lines) {
        String seen = "__fish_seen_subcommand_from " + group.name();
        List<String> words = List.of(command.name().split(" ", -1));
        if (words.size() > 1) {
            lines.append("complete -c posthorn -f -n %s -a %s -d %s\n"
                    .formatted(quoted(seen), words.getLast(), quoted(command.summary())));
            seen += "; and __fish_seen_subcommand_from " + words.getLast();
        }
        for (Command.Option option : command.options()) {
            lines.append("complete -c posthorn -n %s -l %s%s -d %s\n"
                    .formatted(
                            quoted(seen),
                            option.name().substring(2),
                            option.value().isPresent() ? " -r" : "",
                            quoted(option.meaning())));
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
