package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Json;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// Policies, and those of operators.
final class PolicyCommands {
    private static final String OPERATOR = "--operator";
    private static final String PRIORITY = "--priority";
    private static final String APPLY_TO = "--apply-to";

    private static final Listing POLICIES = new Listing()
            .column("POLICY", "name")
            .column("PATTERN", "pattern")
            .column("APPLY TO", "apply-to")
            .column("PRIORITY", "priority")
            .column("DEFINITION", "definition");

    private PolicyCommands() {}

    static List<CommandSpec> all() {
        return List.of(
                Management.doneInHost(
                        Command.named("ls", "List the policies.")
                                .flag(OPERATOR, "those of operators")
                                .option(Format.option()),
                        on -> on.print(
                                POLICIES,
                                ExchangeCommands.sorted(on.broker().get(api(route(on), on.virtualHost())), "name"))),
                Management.doneInHost(
                        Command.named("set", "Give arguments to all queues or exchanges with names like that, at once.")
                                .word("NAME", "the policy's name")
                                .word("PATTERN", "a regular expression, looked for anywhere in the names")
                                .word("DEFINITION", "what they get, as JSON: '{\"max-length\": 1000}'")
                                .number(PRIORITY, "N", "of several that match the highest counts (0 if not given)")
                                .option(
                                        APPLY_TO,
                                        "WHAT",
                                        "queues, exchanges, classic_queues, quorum_queues, streams or all (if not given)")
                                .flag(OPERATOR, "an operator's, which wins over users' limits")
                                .help(
                                        "  ./posthorn policy set short '^logs\\.' '{\"message-ttl\": 60000}' --apply-to queues"),
                        PolicyCommands::set),
                Management.doneInHost(
                        Command.named("delete", "Delete a policy.")
                                .word("NAME", "the policy's name")
                                .flag(OPERATOR, "one of operators"),
                        on -> {
                            on.mustDelete(
                                    path(on), "policy", on.word(0), "'./posthorn policy ls' shows what there is.");
                            on.say("Deleted the policy '%s'.", on.word(0));
                        }));
    }

    private static String route(Management on) {
        return on.given().has(OPERATOR) ? "operator-policies" : "policies";
    }

    private static String path(Management on) {
        return api(route(on), on.virtualHost(), on.word(0));
    }

    private static void set(Management on) {
        boolean operator = on.given().has(OPERATOR);
        on.broker()
                .put(
                        path(on),
                        Json.object()
                                .with("pattern", on.word(1))
                                .with("definition", on.json("DEFINITION", on.word(2)))
                                .with("priority", on.given().number(PRIORITY).orElse(0L))
                                .with("apply-to", on.given().value(APPLY_TO).orElse(operator ? "queues" : "all"))
                                .build());
        on.say("Set the policy '%s'.", on.word(0));
    }
}
