package io.posthorn.server.rabbitmqctl;

import java.util.List;
import java.util.Set;

/// Which columns of a list are wanted.
final class Columns {
    private Columns() {}

    /// @param known all there are
    /// @param usual when none is named
    /// @throws CtlFailure for one that is none
    static List<String> wanted(Ctl ctl, List<String> known, List<String> usual) {
        List<String> named = ctl.given().words().stream()
                .flatMap(word -> List.of(word.split("[ ,]+", -1)).stream())
                .filter(word -> !word.isEmpty())
                .distinct()
                .toList();
        Set<String> all = Set.copyOf(known);
        List<String> wrong = named.stream().filter(name -> !all.contains(name)).toList();
        if (!wrong.isEmpty()) {
            throw CtlFailure.arguments(
                    CtlFailure.USAGE, "Info key(s) %s are not supported".formatted(String.join(",", wrong)));
        }
        return named.isEmpty() ? usual : named;
    }
}
