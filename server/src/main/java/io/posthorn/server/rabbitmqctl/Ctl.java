package io.posthorn.server.rabbitmqctl;

import io.posthorn.server.cli.api.Answer;
import io.posthorn.server.cli.api.Json;
import io.posthorn.server.cli.api.ManagementClient;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a command has to do its work: what was written, the broker, and where it prints.
record Ctl(CtlArguments given, ManagementClient broker, Formatter formatter, PrintStream out) {
    private static final String NOT_RUNNING =
            "Error: this command requires the 'rabbit' app to be running on the target node. Start it with 'rabbitmqctl start_app'.";

    String word(int index) {
        return given.word(index);
    }

    String virtualHost() {
        return given.value("--vhost").orElse("/");
    }

    String node() {
        return given.value("--node")
                .or(() -> Optional.ofNullable(System.getenv("RABBITMQ_NODENAME")))
                .orElse("rabbit@localhost");
    }

    boolean isQuiet() {
        return given.has("--quiet") || given.has("--silent");
    }

    void say(String text) {
        out.println(text);
    }

    /// What `--quiet` leaves out.
    void remark(String text) {
        if (!isQuiet()) {
            out.println(text);
        }
    }

    void print(List<String> columns, List<List<Cell>> rows) {
        formatter.print(columns, rows, !given.has("--silent") && !given.has("--no-table-headers"), out);
    }

    /// Asks; what the broker refuses is given back as it answered.
    Answer send(String method, String path, @Nullable Json body) {
        Answer answer = broker.send(method, path, body == null ? null : body.write());
        if (answer.status() == 503 && answer.reason().contains("stopped")) {
            throw CtlFailure.misused(CtlFailure.USAGE, NOT_RUNNING);
        }
        return answer;
    }

    /// Asks; nothing where the broker knows no such thing.
    Optional<Json> find(String path) {
        Answer answer = send("GET", path, null);
        return answer.status() == 404
                ? Optional.empty()
                : Optional.of(checked(answer).json());
    }

    Json get(String path) {
        return checked(send("GET", path, null)).json();
    }

    void change(String method, String path, @Nullable Json body) {
        checked(send(method, path, body));
    }

    /// @throws CtlFailure with what the broker says
    static Answer checked(Answer answer) {
        if (!answer.isOk()) {
            throw CtlFailure.of(CtlFailure.UNAVAILABLE, answer.reason());
        }
        return answer;
    }
}
