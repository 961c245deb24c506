package io.posthorn.server.cli;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Makes a queue.
final class QueueDeclareCommand {
    private static final String TRANSIENT = "--transient";

    static final Command COMMAND = new Command(
            "queue declare",
            List.of(Command.Word.of("QUEUE", "the queue's name")),
            List.of(Command.Option.flag(TRANSIENT, "a queue that does not survive a restart"), Connect.OPTION),
            "Make a queue, unless it is there.",
            List.of(),
            given -> new Connect(given).run(connection -> declare(connection, given.word(0), !given.has(TRANSIENT))));

    private QueueDeclareCommand() {}

    private static int declare(Connection connection, String queue, boolean durable) throws IOException {
        try {
            connection.createChannel().queueDeclare(queue, durable, false, false, Map.of());
        } catch (IOException e) {
            if (Connect.closedWith(e, AMQP.PRECONDITION_FAILED)) {
                throw new CommandFailure(
                        "there is a queue '%s' of another kind already. './posthorn queue ls' shows it."
                                .formatted(queue));
            }
            throw e;
        }
        System.out.printf("The %s queue '%s' is there.%n", durable ? "durable" : "transient", queue);
        return Cli.OK;
    }
}
