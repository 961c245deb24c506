package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Json;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// Virtual hosts.
final class VirtualHostCommands {
    private static final String NAME = "the virtual host's name";
    private static final String NEXT = "'./posthorn vhost ls' shows what there is.";

    private static final Listing HOSTS = new Listing()
            .column("VHOST", "name")
            .column("DEFAULT TYPE", "default_queue_type", host -> defaultType(host))
            .column("DESCRIPTION", "description")
            .column("TAGS", "tags");

    private VirtualHostCommands() {}

    static List<CommandSpec> all() {
        return List.of(
                Management.doneInBroker(
                        Command.named("ls", "List the virtual hosts.").option(Format.option()),
                        on -> on.print(
                                HOSTS, ExchangeCommands.sorted(on.broker().get(api("vhosts")), "name"))),
                Management.doneInBroker(
                        Command.named("add", "Make a virtual host, unless it is there.")
                                .word("NAME", NAME)
                                .option("--description", "TEXT", "what it is for")
                                .option("--tags", "TAGS", "words for people, with commas between")
                                .option(
                                        "--default-queue-type",
                                        "TYPE",
                                        "of queues that name none: classic, quorum or stream"),
                        VirtualHostCommands::add),
                Management.doneInBroker(
                        Command.named("delete", "Delete a virtual host and all that is in it.")
                                .word("NAME", NAME)
                                .flag("--yes", "do it: its queues and messages are gone"),
                        VirtualHostCommands::delete),
                LimitCommands.ofVirtualHost());
    }

    private static Json defaultType(Json host) {
        String type = host.text("default_queue_type");
        return Json.of(type.equals("undefined") ? "" : type);
    }

    private static void add(Management on) {
        Json.Builder host = Json.object();
        on.given().value("--description").ifPresent(text -> host.with("description", text));
        on.given().value("--tags").ifPresent(text -> host.with("tags", text));
        on.given().value("--default-queue-type").ifPresent(type -> host.with("default_queue_type", type));
        boolean isNew = on.broker().put(api("vhosts", on.word(0)), host.build());
        on.say(isNew ? "Made the virtual host '%s'." : "The virtual host '%s' is there.", on.word(0));
    }

    private static void delete(Management on) {
        String path = api("vhosts", on.word(0));
        on.mustFind(path, "virtual host", on.word(0), NEXT);
        int queues = on.broker()
                .get(api("queues", on.word(0)) + "?columns=name")
                .elements()
                .size();
        if (queues > 0 && !on.given().has("--yes")) {
            throw new CommandFailure("'%s' has %d queue%s, which would be gone with their messages. --yes does it."
                    .formatted(on.word(0), queues, queues == 1 ? "" : "s"));
        }
        on.broker().delete(path);
        on.say("Deleted the virtual host '%s'.", on.word(0));
    }
}
