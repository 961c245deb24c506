package io.posthorn.server.cli;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.CancelCallback;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "consume",
        description = "Take messages out of a queue and print each on a line.",
        footer = {
            "",
            "Without --follow it ends when the queue is empty. A message is settled once it is printed.",
            "",
            "  ./posthorn consume hello",
            "  ./posthorn consume hello --follow --count 10"
        })
final class ConsumeCommand implements Callable<Integer> {
    private static final int PREFETCH = 200;

    @Parameters(index = "0", paramLabel = "QUEUE", description = "the queue's name")
    private String queue = "";

    @Option(names = "--follow", description = "wait for more; end with Ctrl-C")
    private boolean follow;

    @Option(names = "--count", paramLabel = "N", description = "end after N messages")
    private long count = Long.MAX_VALUE;

    @Mixin
    private Connect connect = new Connect();

    @Override
    public Integer call() throws InterruptedException {
        return connect.run(this::consume);
    }

    private int consume(Connection connection) throws IOException, InterruptedException {
        try {
            return follow ? follow(connection.createChannel()) : drain(connection.createChannel());
        } catch (IOException e) {
            if (Connect.closedWith(e, AMQP.NOT_FOUND)) {
                throw new CommandFailure(
                        "There is no queue '%s'. See what there is with './posthorn queue ls'; publish to it or './posthorn queue declare %s' to make it."
                                .formatted(queue, queue));
            }
            throw e;
        }
    }

    private int drain(Channel channel) throws IOException {
        var printed = new PrintedMessages(channel, System.out);
        for (long taken = 0; taken < count && printed.wanted(); taken++) {
            GetResponse message = channel.basicGet(queue, false);
            if (message == null) {
                break;
            }
            printed.print(message.getEnvelope().getDeliveryTag(), message.getBody());
        }
        return printed.settle() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private int follow(Channel channel) throws IOException, InterruptedException {
        BlockingQueue<Optional<Delivery>> arrived = new LinkedBlockingQueue<>();
        CancelCallback cancelled = _ -> arrived.add(Optional.empty());
        channel.basicQos((int) Math.min(count, PREFETCH));
        channel.basicConsume(
                queue,
                false,
                (_, delivery) -> arrived.add(Optional.of(delivery)),
                cancelled,
                (_, _) -> arrived.add(Optional.empty()));
        var printed = new PrintedMessages(channel, System.out);
        for (long taken = 0; taken < count && printed.wanted(); taken++) {
            if (arrived.isEmpty()) {
                printed.settle();
            }
            Delivery next = arrived.take().orElseThrow(() -> ended(channel));
            printed.print(next.getEnvelope().getDeliveryTag(), next.getBody());
        }
        return printed.settle() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private CommandFailure ended(Channel channel) {
        return channel.isOpen()
                ? new CommandFailure("The queue '%s' is gone: the broker has cancelled this consumer.".formatted(queue))
                : connect.failure(channel.getCloseReason());
    }
}
