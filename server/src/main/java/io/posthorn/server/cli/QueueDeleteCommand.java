package io.posthorn.server.cli;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.List;

/// Deletes a queue.
final class QueueDeleteCommand {
    private static final String IF_EMPTY = "--if-empty";
    private static final String IF_UNUSED = "--if-unused";

    static final Command COMMAND = new Command(
            "queue delete",
            List.of(Command.Word.of("QUEUE", "the queue's name")),
            List.of(
                    Command.Option.flag(IF_EMPTY, "only if no message is in it"),
                    Command.Option.flag(IF_UNUSED, "only if it has no consumer"),
                    Connect.OPTION),
            "Delete a queue and the messages in it.",
            List.of(),
            given -> new Connect(given)
                    .run(connection -> delete(connection, given.word(0), given.has(IF_EMPTY), given.has(IF_UNUSED))));

    private QueueDeleteCommand() {}

    private static int delete(Connection connection, String queue, boolean ifEmpty, boolean ifUnused)
            throws IOException {
        try {
            // A delete of a queue that does not exist is an ok in AMQP; here it is most likely a slip of the pen.
            connection.createChannel().queueDeclarePassive(queue);
            int deleted = connection
                    .createChannel()
                    .queueDelete(queue, ifUnused, ifEmpty)
                    .getMessageCount();
            System.out.printf("Deleted '%s' and %d message%s in it.%n", queue, deleted, deleted == 1 ? "" : "s");
            return Cli.OK;
        } catch (IOException e) {
            if (Connect.closedWith(e, AMQP.NOT_FOUND)) {
                throw new CommandFailure("there is no queue '%s', so there is nothing to delete.".formatted(queue));
            }
            if (Connect.closedWith(e, AMQP.PRECONDITION_FAILED)) {
                throw new CommandFailure("'%s' was left as it is, because it is not %s."
                        .formatted(queue, ifEmpty && ifUnused ? "empty and unused" : ifEmpty ? "empty" : "unused"));
            }
            throw e;
        }
    }
}
