package io.posthorn.server.cli;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Publishes one message, or each line of standard input, and waits until the broker has confirmed them all.
final class PublishCommand {
    private final String queue;
    private final Optional<String> body;
    private final Connect connect;

    static CommandSpec described() {
        return Command.named("publish", "Publish to a queue, and wait until the broker has everything safe.")
                .word("QUEUE", "the queue's name; one that does not exist is made, as a durable one")
                .optionalWord("BODY", "the message; '-', or nothing in a pipe: each line of standard input")
                .option(Connect.option())
                .help("  ./posthorn publish hello 'a message'", "  printf 'a\\nb\\n' | ./posthorn publish hello -")
                .does(given -> new PublishCommand(given).run());
    }

    private PublishCommand(Given given) {
        this.queue = given.word(0);
        this.body = given.optionalWord(1);
        this.connect = new Connect(given);
        if (body.isEmpty() && inputIsTerminal()) {
            throw given.wrong("there is nothing to publish: give a BODY, or '-' and lines on standard input.");
        }
    }

    private ExitCode run() throws InterruptedException {
        return connect.run(this::publish);
    }

    private ExitCode publish(Connection connection) throws IOException, InterruptedException {
        makeSureOfQueue(connection);
        Channel channel = connection.createChannel();
        var confirms = ConfirmWindow.on(channel);
        if (body.isEmpty() || body.get().equals("-")) {
            publishLines(channel, confirms, new BufferedInputStream(System.in, 1 << 16));
        } else {
            publish(channel, confirms, body.get().getBytes(StandardCharsets.UTF_8));
        }
        confirms.awaitAll();
        report(confirms.published(), confirms.refused());
        return ExitCode.OK;
    }

    // Looking first leaves a queue of any other kind as it is; a declare would be refused when it differs.
    private void makeSureOfQueue(Connection connection) throws IOException {
        try {
            connection.createChannel().queueDeclarePassive(queue);
        } catch (IOException e) {
            if (!Connect.closedWith(e, AMQP.NOT_FOUND)) {
                throw e;
            }
            connection.createChannel().queueDeclare(queue, true, false, false, Map.of());
            System.err.printf("Made the durable queue '%s'.%n", Shown.text(queue));
        }
    }

    private void publishLines(Channel channel, ConfirmWindow confirms, InputStream in)
            throws IOException, InterruptedException {
        var lines = new Lines(in);
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            publish(channel, confirms, line);
        }
    }

    private void publish(Channel channel, ConfirmWindow confirms, byte[] message)
            throws IOException, InterruptedException {
        confirms.enter();
        channel.basicPublish("", queue, true, MessageProperties.MINIMAL_PERSISTENT_BASIC, message);
    }

    private void report(long published, long refused) {
        if (refused > 0) {
            throw new CommandFailure(
                    "the broker refused %d of %d messages, or had no queue for them; the other %d are safe in '%s'."
                            .formatted(refused, published, published - refused, queue));
        }
        System.out.printf("Published %d message%s to '%s'.%n", published, published == 1 ? "" : "s", Shown.text(queue));
    }

    // The console counts as a terminal only when output is one as well; so a user who types is asked in all cases
    // but `./posthorn publish q > file`, which then reads what is typed.
    private static boolean inputIsTerminal() {
        return Terminal.isThere();
    }
}
