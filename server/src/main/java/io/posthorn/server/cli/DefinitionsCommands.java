package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/// What is declared and decided, in RabbitMQ's file format.
final class DefinitionsCommands {
    private static final String DRY_RUN = "--dry-run";
    private static final String STANDARD = "-";

    private DefinitionsCommands() {}

    static List<CommandSpec> all() {
        return List.of(
                Management.doneInBroker(
                        Command.named(
                                        "export",
                                        "Write virtual hosts, users, rights, policies, queues, exchanges and bindings to a file.")
                                .optionalWord("FILE", "where to; '-' or nothing is standard output")
                                .option("--vhost", "NAME", "only what is in this virtual host")
                                .help("Hashes of passwords are in it: the file is made so that only you can read it."),
                        DefinitionsCommands::export),
                Management.ofBroker(
                        Command.named("import", "Make so what a file says, all of it or nothing.")
                                .word("FILE", "from where; '-' is standard input")
                                .option("--vhost", "NAME", "into this virtual host")
                                .flag(
                                        DRY_RUN,
                                        "change nothing, say what would change, and end with 3 if anything would")
                                .option(Format.option())
                                .help("Files of RabbitMQ are read as well."),
                        DefinitionsCommands::load));
    }

    private static String route(Management on) {
        return on.given().value("--vhost").map(host -> api("definitions", host)).orElse(api("definitions"));
    }

    private static void export(Management on) {
        String file = on.given().optionalWord(0).orElse(STANDARD);
        String text = on.broker().get(route(on)).writeIndented();
        if (file.equals(STANDARD)) {
            on.out().println(text);
            return;
        }
        try {
            PrivateFile.write(Path.of(file), text + "\n");
        } catch (IOException e) {
            throw new CommandFailure("'%s' cannot be written: %s.".formatted(file, e));
        }
        System.err.printf("Written to %s.%n", file);
    }

    private static ExitCode load(Management on) {
        Json definitions = on.json("'" + on.word(0) + "'", read(on.word(0)));
        if (!on.given().has(DRY_RUN)) {
            on.broker().post(route(on), definitions);
            on.say("It is so now, and on disk.");
            return ExitCode.OK;
        }
        Json found = on.broker().post(route(on) + "?dry_run=true", definitions);
        List<Json> changes = found.get("steps").elements().stream()
                .filter(step -> !step.text("verdict").equals("unchanged"))
                .toList();
        on.print(CHANGES, changes);
        found.get("notes").elements().forEach(note -> System.err.println(Shown.text(note.shown())));
        return changes.isEmpty() ? ExitCode.OK : ExitCode.CHECK_FAILED;
    }

    private static final Listing CHANGES = new Listing()
            .column("WOULD BE", "verdict")
            .column("WHAT", "what", step -> Json.of(Listing.shown(step.get("what"))))
            .column("WHERE", "place")
            .column("FIELDS", "fields", DefinitionsCommands::fields)
            .column("REASON", "reason");

    private static Json fields(Json step) {
        return Json.of(step.get("fields").elements().stream()
                .map(field -> "%s: %s -> %s"
                        .formatted(
                                field.text("field"),
                                field.get("before").shown(),
                                field.get("after").shown()))
                .collect(Collectors.joining(", ")));
    }

    private static String read(String file) {
        try {
            return file.equals(STANDARD)
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new CommandFailure("'%s' cannot be read: %s.".formatted(file, e));
        }
    }
}
