package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Json;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// How much a virtual host or a user may have.
final class LimitCommands {
    private LimitCommands() {}

    static CommandSpec ofVirtualHost() {
        return command(
                "limits",
                "Show or set how much a virtual host may have.",
                "the virtual host's name",
                "max-connections or max-queues",
                "vhost-limits");
    }

    static CommandSpec ofUser() {
        return command(
                "limits",
                "Show or set how much a user may have.",
                "the user's name",
                "max-connections or max-channels",
                "user-limits");
    }

    private static CommandSpec command(String name, String summary, String whose, String which, String route) {
        return Management.doneInBroker(
                Command.named(name, summary)
                        .word("NAME", whose)
                        .optionalWord("LIMIT", which)
                        .optionalWord("VALUE", "a number; 0 allows nothing, -1 anything; 'none' takes the limit away")
                        .option(Format.option()),
                on -> limits(on, route));
    }

    private static void limits(Management on, String route) {
        List<String> change = on.given().wordsFrom(1);
        switch (change.size()) {
            case 0 -> show(on, route);
            case 2 -> set(on, api(route, on.word(0), change.getFirst()), change.getFirst(), change.getLast());
            default -> throw on.given().wrong("a LIMIT needs its VALUE.");
        }
    }

    private static void show(Management on, String route) {
        on.broker().get(api(route, on.word(0))).elements().stream()
                .findFirst()
                .ifPresentOrElse(
                        limits -> on.printOne(limits.get("value")),
                        () -> on.printOne(Json.object().build()));
    }

    private static void set(Management on, String path, String limit, String value) {
        if (value.equals("none")) {
            on.broker().delete(path);
            on.say("'%s' has no limit %s.", on.word(0), limit);
            return;
        }
        try {
            on.broker()
                    .put(
                            path,
                            Json.object().with("value", Long.parseLong(value)).build());
        } catch (NumberFormatException e) {
            throw on.given().wrong("VALUE is a number or 'none', not '%s'.".formatted(value));
        }
        on.say("Set the limit %s of '%s' to %s.", limit, on.word(0), value);
    }
}
