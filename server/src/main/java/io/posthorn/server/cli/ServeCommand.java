package io.posthorn.server.cli;

import io.posthorn.server.Serving;
import io.posthorn.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Runs a broker.
final class ServeCommand {
    private static final List<String> SETTINGS =
            List.of("--data", "--amqp", "--amqps", "--kafka", "--kafkas", "--http", "--https", "--definitions");

    private static final String MEMORY = "--memory";
    private static final String ADDRESS = "HOST:PORT";

    private ServeCommand() {}

    static CommandSpec described() {
        return Command.named("serve", "Run a broker, until Ctrl-C.")
                .option("--data", "DIR", "where messages are kept (default: ./data)")
                .flag(MEMORY, "keep nothing: messages are gone when the broker stops")
                .option(
                        "--amqp",
                        ADDRESS,
                        "where AMQP 0-9-1 is served, or 'off'; port 0 takes a free one (default: 127.0.0.1:5672)")
                .option("--amqps", ADDRESS, "where AMQP 0-9-1 is served over TLS (default: off)")
                .option("--kafka", ADDRESS, "where the Kafka protocol is served, or 'off' (default: 127.0.0.1:9092)")
                .option("--kafkas", ADDRESS, "where the Kafka protocol is served over TLS (default: off)")
                .option("--http", ADDRESS, "where the management API is served, or 'off' (default: 127.0.0.1:15672)")
                .option("--https", ADDRESS, "where the management API is served over TLS (default: off)")
                .option(
                        "--definitions",
                        "FILE",
                        "users, queues and so on, as RabbitMQ exports them, to be there before anybody is let in")
                .option("--config", "FILE", "a YAML file with settings")
                .help(
                        "Every setting can also stand in the environment (POSTHORN_AMQP_LISTEN=...) or in a YAML file;",
                        "a flag wins over the environment, the environment over the file. docs/configuration.md lists them.")
                .does(ServeCommand::run);
    }

    private static ExitCode run(Given given) throws InterruptedException {
        Map<String, String> environment = System.getenv();
        Optional<Path> file = given.value("--config")
                .or(() -> Optional.ofNullable(environment.get("POSTHORN_CONFIG")))
                .map(Path::of);
        Serving.untilStopped(ServerConfig.read(flags(given), environment, file));
        return ExitCode.OK;
    }

    private static Map<String, String> flags(Given given) {
        var flags = new HashMap<String, String>();
        if (given.has(MEMORY)) {
            flags.put(MEMORY, "true");
        }
        for (String name : SETTINGS) {
            given.value(name).ifPresent(value -> flags.put(name, value));
        }
        return flags;
    }
}
