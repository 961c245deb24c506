package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;
import static io.posthorn.server.cli.api.Paths.encode;

import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Json;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// Exchanges, and the bindings between them and queues.
final class ExchangeCommands {
    private static final String NAME = "the exchange's name";
    private static final String NEXT = "'./posthorn exchange ls' shows what there is.";
    private static final String KEY = "--key";
    private static final String TO_EXCHANGE = "--to-exchange";

    private static final Listing EXCHANGES = new Listing()
            .column("EXCHANGE", "name")
            .column("TYPE", "type")
            .column("KIND", "kind", exchange -> Json.of(kind(exchange)))
            .column("ARGUMENTS", "arguments")
            .column("POLICY", "policy");

    private static final Listing BINDINGS = new Listing()
            .column("FROM", "source")
            .column("TO", "destination")
            .column("IS", "destination_type")
            .column("KEY", "routing_key")
            .column("ARGUMENTS", "arguments");

    private ExchangeCommands() {}

    static List<CommandSpec> exchanges() {
        return List.of(
                Management.doneInHost(
                        Command.named("ls", "List the exchanges.").option(Format.option()),
                        on -> on.print(EXCHANGES, sorted(on.broker().get(api("exchanges", on.virtualHost())), "name"))),
                Management.doneInHost(
                        Command.named("declare", "Make an exchange, unless it is there.")
                                .word("EXCHANGE", NAME)
                                .option("--type", "TYPE", "direct (if not given), fanout, topic, headers, ...")
                                .flag("--transient", "an exchange that does not survive a restart")
                                .flag("--auto-delete", "an exchange that goes with its last binding")
                                .flag("--internal", "an exchange to which only others publish")
                                .option(ArgumentOption.option()),
                        ExchangeCommands::declare),
                Management.doneInHost(
                        Command.named("delete", "Delete an exchange and its bindings.")
                                .word("EXCHANGE", NAME)
                                .flag("--if-unused", "only if nothing is bound to it"),
                        ExchangeCommands::delete));
    }

    static List<CommandSpec> bindings() {
        return List.of(
                Management.doneInHost(
                        Command.named("ls", "List the bindings.")
                                .option("--from", "EXCHANGE", "only those from it")
                                .option("--to", "QUEUE", "only those to this queue or exchange")
                                .option(Format.option()),
                        ExchangeCommands::listBindings),
                Management.doneInHost(
                        binding("add", "Send what comes to an exchange to a queue, or to another exchange."), on -> {
                            on.broker()
                                    .post(
                                            bindings(on),
                                            Json.object()
                                                    .with("routing_key", key(on))
                                                    .with(
                                                            "arguments",
                                                            ArgumentOption.read(on.given())
                                                                    .build())
                                                    .build());
                            on.say("'%s' sends to '%s'.", on.word(0), on.word(1));
                        }),
                Management.doneInHost(binding("delete", "Take a binding back."), ExchangeCommands::deleteBinding));
    }

    private static Command binding(String name, String summary) {
        return Command.named(name, summary)
                .word("FROM", "the exchange's name")
                .word("TO", NAME_OF_TARGET)
                .option(KEY, "KEY", "the routing key, or a pattern where the exchange knows them (empty if not given)")
                .flag(TO_EXCHANGE, "TO is an exchange")
                .option(ArgumentOption.option());
    }

    private static final String NAME_OF_TARGET = "the queue's name, or with --to-exchange another exchange's";

    static String kind(Json exchange) {
        String life = exchange.isTrue("durable") ? "durable" : "transient";
        return life
                + (exchange.isTrue("auto_delete") ? ",auto-delete" : "")
                + (exchange.isTrue("internal") ? ",internal" : "");
    }

    static List<Json> sorted(Json things, String member) {
        return things.elements().stream()
                .sorted(Comparator.comparing(thing -> thing.text(member)))
                .toList();
    }

    private static String path(Management on) {
        return api("exchanges", on.virtualHost(), on.word(0));
    }

    private static void declare(Management on) {
        String type = on.given().value("--type").orElse("direct");
        boolean isNew = on.broker()
                .put(
                        path(on),
                        Json.object()
                                .with("type", type)
                                .with("durable", !on.given().has("--transient"))
                                .with("auto_delete", on.given().has("--auto-delete"))
                                .with("internal", on.given().has("--internal"))
                                .with(
                                        "arguments",
                                        ArgumentOption.read(on.given()).build())
                                .build());
        on.say(isNew ? "Made the %s exchange '%s'." : "The %s exchange '%s' is there.", type, on.word(0));
    }

    private static void delete(Management on) {
        boolean ifUnused = on.given().has("--if-unused");
        try {
            on.mustDelete(path(on) + (ifUnused ? "?if-unused=true" : ""), "exchange", on.word(0), NEXT);
        } catch (ApiException.Refused refused) {
            if (ifUnused) {
                throw new CommandFailure("'%s' was left as it is, because it is in use.".formatted(on.word(0)));
            }
            throw refused;
        }
        on.say("Deleted '%s'.", on.word(0));
    }

    private static void listBindings(Management on) {
        List<Json> all = on.broker().get(api("bindings", on.virtualHost())).elements();
        on.print(
                BINDINGS,
                all.stream()
                        .filter(binding -> on.given()
                                .value("--from")
                                .map(binding.text("source")::equals)
                                .orElse(true))
                        .filter(binding -> on.given()
                                .value("--to")
                                .map(binding.text("destination")::equals)
                                .orElse(true))
                        .toList());
    }

    private static String key(Management on) {
        return on.given().value(KEY).orElse("");
    }

    private static String bindings(Management on) {
        String kind = on.given().has(TO_EXCHANGE) ? "e" : "q";
        return api("bindings", on.virtualHost(), "e", on.word(0), kind, on.word(1));
    }

    // The API names a binding by a key of its own making.
    private static void deleteBinding(Management on) {
        Json arguments = ArgumentOption.read(on.given()).build();
        Json binding = on.broker().find(bindings(on)).stream()
                .flatMap(found -> found.elements().stream())
                .filter(found -> found.text("routing_key").equals(key(on))
                        && found.get("arguments").fields().equals(arguments.fields()))
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.NOT_FOUND,
                        "there is no binding from '%s' to '%s' with key '%s' and these arguments. './posthorn binding ls' shows what there is."
                                .formatted(on.word(0), on.word(1), key(on))));
        on.broker().delete(bindings(on) + "/" + encode(binding.text("properties_key")));
        on.say("'%s' sends to '%s' no more.", on.word(0), on.word(1));
    }
}
