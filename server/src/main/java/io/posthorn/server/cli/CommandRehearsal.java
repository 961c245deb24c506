package io.posthorn.server.cli;

import io.posthorn.server.rabbitmqctl.RabbitMqCtl;
import java.util.List;

/// Commands of each kind, once each against a broker that is there: what the JVM keeps of it makes later ones start
/// in a third of the time.
public final class CommandRehearsal {
    private CommandRehearsal() {}

    /// @param arguments the broker's URL, which the environment has too
    public static void main(String[] arguments) {
        for (String line : List.of(
                "--help",
                "queue --help",
                "queue declare rehearsal",
                "publish rehearsal a-message",
                "publish rehearsal a-message",
                "queue ls",
                "queue ls --format json",
                "queue info rehearsal",
                "queue peek rehearsal",
                "consume rehearsal --follow --count 1",
                "consume rehearsal",
                "user ls",
                "status",
                "queue delete rehearsal")) {
            must(line, Cli.execute(line.split(" ", -1)));
        }
        for (String line : List.of(
                "add_user rehearsal rehearsal",
                "-q set_user_tags rehearsal administrator",
                "-q set_permissions -p / rehearsal .* .* .*",
                "-q list_users --formatter json",
                "list_queues -q name messages arguments",
                "list_connections -q pid peer_port client_properties",
                "delete_user rehearsal",
                "status")) {
            must(line, RabbitMqCtl.execute(List.of(line.split(" ", -1)), System.out, System.err));
        }
        System.exit(0);
    }

    private static void must(String line, int code) {
        if (code != 0) {
            throw new IllegalStateException("the rehearsal failed at: " + line);
        }
    }
}
