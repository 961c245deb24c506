package io.posthorn.server.cli;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "delete", description = "Delete a queue and the messages in it.")
final class QueueDeleteCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "QUEUE", description = "the queue's name")
    private String queue = "";

    @Option(names = "--if-empty", description = "only if no message is in it")
    private boolean ifEmpty;

    @Option(names = "--if-unused", description = "only if it has no consumer")
    private boolean ifUnused;

    @Mixin
    private Connect connect = new Connect();

    @Override
    public Integer call() throws InterruptedException {
        return connect.run(this::delete);
    }

    private int delete(Connection connection) throws IOException {
        try {
            // A delete of a queue that does not exist is an ok in AMQP; here it is most likely a slip of the pen.
            connection.createChannel().queueDeclarePassive(queue);
            int deleted = connection
                    .createChannel()
                    .queueDelete(queue, ifUnused, ifEmpty)
                    .getMessageCount();
            System.out.printf("Deleted '%s' and %d message%s in it.%n", queue, deleted, deleted == 1 ? "" : "s");
            return ExitCode.OK;
        } catch (IOException e) {
            if (Connect.closedWith(e, AMQP.NOT_FOUND)) {
                throw new CommandFailure("There is no queue '%s', so there is nothing to delete.".formatted(queue));
            }
            if (Connect.closedWith(e, AMQP.PRECONDITION_FAILED)) {
                throw new CommandFailure("'%s' was left as it is, because it is not %s."
                        .formatted(queue, ifEmpty && ifUnused ? "empty and unused" : ifEmpty ? "empty" : "unused"));
            }
            throw e;
        }
    }
}
