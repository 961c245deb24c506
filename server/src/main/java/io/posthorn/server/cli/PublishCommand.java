package io.posthorn.server.cli;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.BufferedInputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "publish",
        description = "Publish to a queue, and wait until the broker has everything safe.",
        footer = {
            "",
            "A queue that does not exist yet is made, as a durable one.",
            "",
            "  ./posthorn publish hello 'a message'",
            "  printf 'a\\nb\\n' | ./posthorn publish hello -"
        })
final class PublishCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "QUEUE", description = "the queue's name")
    private String queue = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "BODY",
            description = "the message; '-', or nothing in a pipe, takes each line of standard input as one")
    private @Nullable String body;

    @Mixin
    private Connect connect = new Connect();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (body == null && inputIsTerminal()) {
            throw new CommandLine.ParameterException(
                    java.util.Objects.requireNonNull(spec).commandLine(),
                    "There is nothing to publish. Give a BODY, or '-' and lines on standard input.");
        }
        return connect.run(this::publish);
    }

    private int publish(Connection connection) throws IOException, InterruptedException, TimeoutException {
        makeSureOfQueue(connection);
        Channel channel = connection.createChannel();
        var confirms = ConfirmWindow.on(channel);
        if (body == null || body.equals("-")) {
            publishLines(channel, confirms, new BufferedInputStream(System.in, 1 << 16));
        } else {
            publish(channel, confirms, body.getBytes(StandardCharsets.UTF_8));
        }
        confirms.awaitAll();
        if (confirms.refused() > 0) {
            throw new CommandFailure(
                    "%d of %d messages were refused by the broker or went nowhere; the other %d are safe in '%s'."
                            .formatted(
                                    confirms.refused(),
                                    confirms.published(),
                                    confirms.published() - confirms.refused(),
                                    queue));
        }
        System.out.printf(
                "Published %d message%s to '%s'.%n", confirms.published(), confirms.published() == 1 ? "" : "s", queue);
        return CommandLine.ExitCode.OK;
    }

    // Looking first leaves a queue of any other kind as it is; a declare would be refused when it differs.
    private void makeSureOfQueue(Connection connection) throws IOException {
        Channel probe = connection.createChannel();
        try {
            probe.queueDeclarePassive(queue);
        } catch (IOException e) {
            if (!Connect.closedWith(e, AMQP.NOT_FOUND)) {
                throw e;
            }
            connection.createChannel().queueDeclare(queue, true, false, false, Map.of());
            System.err.printf("Made the durable queue '%s'.%n", queue);
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

    // The console counts as a terminal only when output is one as well; so a user who types gets asked in all cases
    // but `./posthorn publish q > file`, which then reads what is typed.
    private static boolean inputIsTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }
}
