package io.posthorn.server.cli;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "declare", description = "Make a queue, unless it is there.")
final class QueueDeclareCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "QUEUE", description = "the queue's name")
    private String queue = "";

    @Option(names = "--transient", description = "a queue that does not survive a restart")
    private boolean isTransient;

    @Mixin
    private Connect connect = new Connect();

    @Override
    public Integer call() throws InterruptedException {
        return connect.run(this::declare);
    }

    private int declare(Connection connection) throws IOException {
        try {
            connection.createChannel().queueDeclare(queue, !isTransient, false, false, Map.of());
        } catch (IOException e) {
            if (Connect.closedWith(e, AMQP.PRECONDITION_FAILED)) {
                throw new CommandFailure(
                        "There is a queue '%s' of another kind already. See it with './posthorn queue ls'."
                                .formatted(queue));
            }
            throw e;
        }
        System.out.printf("The %s queue '%s' is there.%n", isTransient ? "transient" : "durable", queue);
        return ExitCode.OK;
    }
}
