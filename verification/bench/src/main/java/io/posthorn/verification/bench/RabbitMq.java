package io.posthorn.verification.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Debian's RabbitMQ as it is configured there, without plugins, with a node name, ports and directories of its
/// own.
final class RabbitMq extends BrokerProcess {
    private static final String SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    /// The port mapper that every Erlang node needs: our own, so that it can be stopped with us.
    private record PortMapper(Process process, int port) {
        static PortMapper start() throws IOException {
            int port = freePort();
            var process = new ProcessBuilder("epmd", "-address", "127.0.0.1", "-port", Integer.toString(port))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new PortMapper(process, port);
        }
    }

    private final PortMapper portMapper;

    private RabbitMq(Path directory, PortMapper portMapper) throws IOException, InterruptedException {
        this.portMapper = portMapper;
        super("RabbitMQ", directory);
    }

    static boolean isInstalled() {
        return Files.isExecutable(Path.of(SERVER));
    }

    static RabbitMq start(Path directory) throws IOException, InterruptedException {
        Files.writeString(directory.resolve("enabled_plugins"), "[].\n");
        return new RabbitMq(directory, PortMapper.start());
    }

    @Override
    ProcessBuilder command() {
        var builder = new ProcessBuilder(SERVER).directory(directory.toFile());
        var environment = builder.environment();
        environment.put("HOME", directory.toString());
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("ERL_EPMD_PORT", Integer.toString(portMapper.port));
        environment.put("RABBITMQ_NODENAME", "bench" + port + "@localhost");
        environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_NODE_PORT", Integer.toString(port));
        environment.put("RABBITMQ_DIST_PORT", Integer.toString(freePort()));
        environment.put("RABBITMQ_MNESIA_BASE", directory.resolve("mnesia").toString());
        environment.put("RABBITMQ_LOG_BASE", directory.resolve("log").toString());
        environment.put(
                "RABBITMQ_ENABLED_PLUGINS_FILE",
                directory.resolve("enabled_plugins").toString());
        environment.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
        return builder;
    }

    @Override
    String executable() {
        return "beam.smp";
    }

    @Override
    public void close() {
        super.close();
        portMapper.process.destroy();
    }
}
