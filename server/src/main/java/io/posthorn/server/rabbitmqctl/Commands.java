package io.posthorn.server.rabbitmqctl;

import io.posthorn.console.NearestName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// All commands. Only the one that is wanted is made.
final class Commands {
    private Commands() {}

    static Optional<CtlCommand> named(String name) {
        return Optional.ofNullable(UserCommands.named(name))
                .or(() -> Optional.ofNullable(HostCommands.named(name)))
                .or(() -> Optional.ofNullable(ParameterCommands.named(name)))
                .or(() -> Optional.ofNullable(ListCommands.named(name)))
                .or(() -> Optional.ofNullable(EntityCommands.named(name)))
                .or(() -> Optional.ofNullable(NodeCommands.named(name)))
                .or(() -> Optional.ofNullable(EvalCommand.named(name)));
    }

    static List<String> names() {
        return Stream.of(
                        UserCommands.NAMES,
                        HostCommands.NAMES,
                        ParameterCommands.NAMES,
                        ListCommands.NAMES,
                        EntityCommands.NAMES,
                        NodeCommands.NAMES,
                        List.of(EvalCommand.NAME))
                .flatMap(List::stream)
                .sorted()
                .toList();
    }

    static Optional<String> near(String name) {
        return NearestName.of(name, names()).map(near -> "Did you mean '%s'? \n".formatted(near));
    }
}
