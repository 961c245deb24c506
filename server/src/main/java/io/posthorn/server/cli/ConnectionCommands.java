package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Json;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// Who is connected, and what they do.
final class ConnectionCommands {
    private static final Listing CONNECTIONS = new Listing()
            .column("CONNECTION", "name")
            .column("CALLS ITSELF", "connection_name", ConnectionCommands::ownName)
            .column("USER", "user")
            .column("VHOST", "vhost")
            .column("STATE", "state")
            .column("CHANNELS", "channels")
            .column("PROTOCOL", "protocol");

    private static final Listing CHANNELS = new Listing()
            .column("CHANNEL", "name")
            .column("USER", "user")
            .column("VHOST", "vhost")
            .column("CONSUMERS", "consumer_count")
            .column("UNSETTLED", "messages_unacknowledged")
            .column("UNCONFIRMED", "messages_unconfirmed")
            .column("PREFETCH", "prefetch_count");

    private static final Listing CONSUMERS = new Listing()
            .column("QUEUE", "queue", consumer -> consumer.get("queue").get("name"))
            .column("TAG", "consumer_tag")
            .column(
                    "CHANNEL",
                    "channel",
                    consumer -> consumer.get("channel_details").get("name"))
            .column("SETTLES", "ack_required")
            .column("PREFETCH", "prefetch_count")
            .column("ACTIVE", "active");

    private ConnectionCommands() {}

    static List<CommandSpec> connections() {
        return List.of(
                Management.doneInBroker(
                        Command.named("ls", "List the connections.").option(Format.option()),
                        on -> on.print(
                                CONNECTIONS, ExchangeCommands.sorted(on.broker().get(api("connections")), "name"))),
                Management.doneInBroker(
                        Command.named("close", "Close a connection, or all of a user.")
                                .optionalWord("NAME", "the connection's name, as 'connection ls' shows it")
                                .option("--user", "USER", "all connections of this user")
                                .option("--reason", "TEXT", "told to the peer"),
                        ConnectionCommands::close));
    }

    static List<CommandSpec> channels() {
        return List.of(Management.doneInBroker(
                Command.named("ls", "List the channels.").option(Format.option()),
                on -> on.print(CHANNELS, ExchangeCommands.sorted(on.broker().get(api("channels")), "name"))));
    }

    static List<CommandSpec> consumers() {
        return List.of(Management.doneInHost(
                Command.named("ls", "List the consumers.").option(Format.option()),
                on -> on.print(
                        CONSUMERS,
                        on.broker().get(api("consumers", on.virtualHost())).elements())));
    }

    static Json ownName(Json connection) {
        String given = connection.text("user_provided_name");
        return Json.of(given.isEmpty() ? connection.get("client_properties").text("connection_name") : given);
    }

    private static void close(Management on) {
        var name = on.given().optionalWord(0);
        var user = on.given().value("--user");
        if (name.isPresent() == user.isPresent()) {
            throw on.given().wrong("give either the NAME of a connection, or --user.");
        }
        List<String> names = name.map(List::of)
                .orElseGet(() -> on.broker().get(api("connections")).elements().stream()
                        .filter(connection -> connection.text("user").equals(user.orElseThrow()))
                        .map(connection -> connection.text("name"))
                        .toList());
        String reason = on.given().value("--reason").orElse("Closed via management");
        for (String one : names) {
            try {
                on.broker().delete(api("connections", one), reason);
            } catch (ApiException.NotFound e) {
                throw Management.notFound("connection", one, "'./posthorn connection ls' shows who is there.");
            }
        }
        on.say("Closed %s.", names.size() == 1 ? "'" + names.getFirst() + "'" : names.size() + " connections");
    }
}
