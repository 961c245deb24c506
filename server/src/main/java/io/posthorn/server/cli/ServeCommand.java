package io.posthorn.server.cli;

import io.posthorn.server.Serving;
import io.posthorn.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs a broker.
final class ServeCommand {
    static final Command COMMAND = new Command(
            "serve",
            List.of(),
            List.of(
                    Command.Option.with("--data", "DIR", "where messages are kept (default: ./data)"),
                    Command.Option.flag("--memory", "keep nothing: messages are gone when the broker stops"),
                    Command.Option.with(
                            "--amqp",
                            "HOST:PORT",
                            "where AMQP 0-9-1 is served, or 'off'; port 0 takes a free one (default: 127.0.0.1:5672)"),
                    Command.Option.with("--amqps", "HOST:PORT", "where AMQP 0-9-1 is served over TLS (default: off)"),
                    Command.Option.with(
                            "--kafka",
                            "HOST:PORT",
                            "where the Kafka protocol is served, or 'off' (default: 127.0.0.1:9092)"),
                    Command.Option.with(
                            "--kafkas", "HOST:PORT", "where the Kafka protocol is served over TLS (default: off)"),
                    Command.Option.with(
                            "--http",
                            "HOST:PORT",
                            "where the management API is served, or 'off' (default: 127.0.0.1:15672)"),
                    Command.Option.with(
                            "--https", "HOST:PORT", "where the management API is served over TLS (default: off)"),
                    Command.Option.with(
                            "--definitions",
                            "FILE",
                            "users, queues and so on, as RabbitMQ exports them, to be there before anybody is let in"),
                    Command.Option.with("--config", "FILE", "a YAML file with settings")),
            "Run a broker, until Ctrl-C.",
            List.of(
                    "Every setting can also stand in the environment (POSTHORN_AMQP_LISTEN=...) or in a YAML file;",
                    "a flag wins over the environment, the environment over the file. docs/configuration.md lists them."),
            ServeCommand::run);

    private static final List<String> SETTINGS = List.of(
            "--data", "--memory", "--amqp", "--amqps", "--kafka", "--kafkas", "--http", "--https", "--definitions");

    private ServeCommand() {}

    private static ExitCode run(Arguments given) throws InterruptedException {
        Map<String, String> environment = System.getenv();
        Optional<Path> file = given.value("--config")
                .or(() -> Optional.ofNullable(environment.get("POSTHORN_CONFIG")))
                .map(Path::of);
        Serving.untilStopped(ServerConfig.read(flags(given), environment, file));
        return ExitCode.OK;
    }

    private static Map<String, String> flags(Arguments given) {
        var flags = new HashMap<String, String>();
        for (String name : SETTINGS) {
            given.value(name).ifPresent(value -> flags.put(name, value));
        }
        return flags;
    }
}
