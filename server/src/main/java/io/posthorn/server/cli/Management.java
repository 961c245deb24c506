package io.posthorn.server.cli;

import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Endpoint;
import io.posthorn.server.cli.api.Endpoints;
import io.posthorn.server.cli.api.Json;
import io.posthorn.server.cli.api.JsonException;
import io.posthorn.server.cli.api.ManagementClient;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// What a command has that asks a broker through the management API: the way there, the virtual host it is about, and
/// where it prints.
record Management(Given given, ManagementClient broker, String virtualHost, Format format, PrintStream out) {
    private static final String URL = "--url";
    private static final String TIMEOUT = "--timeout";
    private static final String VIRTUAL_HOST = "--vhost";

    interface Action {
        ExitCode run(Management management) throws InterruptedException;
    }

    interface Work {
        void run(Management management) throws InterruptedException;
    }

    /// A command about the broker as a whole.
    static CommandSpec ofBroker(Command command, Action action) {
        return command.option(
                        URL,
                        "URL",
                        "the broker: http://USER:PASSWORD@HOST:15672, or amqp://127.0.0.1:PORT for one of this machine"
                                + " and user (default: what POSTHORN_URL says, else port 5672 here)")
                .number(TIMEOUT, "SECONDS", "how long an answer may take (60 if not given)")
                .does(given -> run(given, action));
    }

    /// A command about a virtual host.
    static CommandSpec ofHost(Command command, Action action) {
        return ofBroker(command.option(VIRTUAL_HOST, "NAME", "the virtual host ('/' if not given)"), action);
    }

    static CommandSpec doneInBroker(Command command, Work work) {
        return ofBroker(command, management -> done(management, work));
    }

    static CommandSpec doneInHost(Command command, Work work) {
        return ofHost(command, management -> done(management, work));
    }

    private static ExitCode done(Management management, Work work) throws InterruptedException {
        work.run(management);
        return ExitCode.OK;
    }

    private static ExitCode run(Given given, Action action) throws InterruptedException {
        Optional<URI> url = url(given);
        Endpoint endpoint = url.map(Endpoints::of).orElse(new Endpoint.Local(Endpoints.USUAL_AMQP_PORT));
        Duration patience = Duration.ofSeconds(given.number(TIMEOUT)
                .map(seconds -> Math.clamp(seconds, 1L, 86_400L))
                .orElse(ManagementClient.USUAL_PATIENCE.toSeconds()));
        try (var client = new ManagementClient(endpoint, patience)) {
            String host = given.value(VIRTUAL_HOST)
                    .or(() -> url.flatMap(Management::hostIn))
                    .orElse("/");
            return action.run(new Management(given, client, host, Format.of(given), System.out));
        }
    }

    private static Optional<URI> url(Given given) {
        return given.value(URL).or(Endpoints::environment).map(Endpoints::parse);
    }

    // Of AMQP only: the path of an HTTP URL leads to the API.
    private static Optional<String> hostIn(URI uri) {
        String path = uri.getRawPath();
        return !"amqp".equals(uri.getScheme()) || path == null || path.length() < 2
                ? Optional.empty()
                : Optional.of(Endpoints.decode(path.substring(1)));
    }

    String word(int index) {
        return given.word(index);
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is in a library that only the compiler has
    void say(String sentence, Object... parts) {
        out.println(Shown.text(sentence.formatted(parts)));
    }

    void print(Listing listing, List<Json> rows) {
        listing.print(rows, format, out);
    }

    /// One thing: a line for each of its members, or JSON as the management API says it.
    void printOne(Json thing) {
        switch (format) {
            case JSON -> out.println(thing.writeIndented());
            case TABLE ->
                thing.fields().forEach((name, value) -> out.println(Listing.row(name, Shown.text(value.shown()))));
        }
    }

    /// Asked about by name.
    Json mustFind(String path, String kind, String name, String next) {
        return broker.find(path).orElseThrow(() -> notFound(kind, name, next));
    }

    /// @param next what to do about it
    void mustDelete(String path, String kind, String name, String next) {
        try {
            broker.delete(path);
        } catch (ApiException.NotFound e) {
            throw notFound(kind, name, next);
        }
    }

    static CommandFailure notFound(String kind, String name, String next) {
        return new CommandFailure(
                ExitCode.NOT_FOUND, "there is no %s '%s'. %s".formatted(kind, Shown.text(name), next));
    }

    /// JSON that a user has written.
    Json json(String what, String written) {
        try {
            return Json.parse(written);
        } catch (JsonException e) {
            throw given.wrong("%s is no JSON: %s.".formatted(what, e.getMessage()));
        }
    }
}
