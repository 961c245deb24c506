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
import java.util.concurrent.LinkedBlockingQueue;
import picocli.CommandLine.Model.CommandSpec;

/// Takes messages out of a queue and prints them.
final class ConsumeCommand {
    private static final int PREFETCH = 200;

    private final String queue;
    private final boolean follow;
    private final long count;
    private final Connect connect;

    static CommandSpec described() {
        return Command.named("consume", "Take messages out of a queue, and print each on a line.")
                .word("QUEUE", QueueCommands.NAME)
                .flag("--follow", "wait for more, until Ctrl-C")
                .number("--count", "N", "end after N messages")
                .option(Connect.option())
                .help(
                        "Without --follow it ends when the queue is empty. A message is settled once it is printed.",
                        "",
                        "  ./posthorn consume hello",
                        "  ./posthorn consume hello --follow --count 10")
                .does(given -> new ConsumeCommand(given).run());
    }

    private ConsumeCommand(Given given) {
        this.queue = given.word(0);
        this.follow = given.has("--follow");
        this.count = given.number("--count").orElse(Long.MAX_VALUE);
        this.connect = new Connect(given);
    }

    private ExitCode run() throws InterruptedException {
        return connect.run(this::consume);
    }

    private ExitCode consume(Connection connection) throws IOException, InterruptedException {
        try {
            Channel channel = connection.createChannel();
            var printed = new PrintedMessages(channel, System.out);
            if (follow) {
                follow(channel, printed);
            } else {
                drain(channel, printed);
            }
            return printed.settle() ? ExitCode.OK : ExitCode.FAILED;
        } catch (IOException e) {
            if (Connect.closedWith(e, AMQP.NOT_FOUND)) {
                throw new CommandFailure(
                        ExitCode.NOT_FOUND,
                        ("there is no queue '%s'. './posthorn queue ls' shows what there is;"
                                        + " './posthorn queue declare %s' makes it.")
                                .formatted(queue, queue));
            }
            throw e;
        }
    }

    private void drain(Channel channel, PrintedMessages printed) throws IOException {
        for (long taken = 0; taken < count && printed.wanted(); taken++) {
            GetResponse message = channel.basicGet(queue, false);
            if (message == null) {
                return;
            }
            printed.print(message.getEnvelope().getDeliveryTag(), message.getBody());
        }
    }

    private void follow(Channel channel, PrintedMessages printed) throws IOException, InterruptedException {
        if (count == 0) {
            return; // a prefetch of 0 would mean no limit
        }
        BlockingQueue<Optional<Delivery>> arrived = new LinkedBlockingQueue<>();
        CancelCallback cancelled = _ -> arrived.add(Optional.empty());
        channel.basicQos((int) Math.min(count, PREFETCH));
        channel.basicConsume(
                queue,
                false,
                (_, delivery) -> arrived.add(Optional.of(delivery)),
                cancelled,
                (_, _) -> arrived.add(Optional.empty()));
        for (long taken = 0; taken < count && printed.wanted(); taken++) {
            if (arrived.isEmpty()) {
                printed.settle();
            }
            Delivery next = arrived.take().orElseThrow(() -> ended(channel));
            printed.print(next.getEnvelope().getDeliveryTag(), next.getBody());
        }
    }

    private CommandFailure ended(Channel channel) {
        return channel.isOpen()
                ? new CommandFailure("the queue '%s' is gone: the broker has cancelled this consumer.".formatted(queue))
                : connect.failure(channel.getCloseReason());
    }
}
