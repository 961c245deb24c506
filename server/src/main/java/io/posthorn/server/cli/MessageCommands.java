package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;
import static io.posthorn.server.cli.api.Paths.v1;

import io.posthorn.server.cli.api.Json;
import io.posthorn.server.cli.api.JsonException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// Single messages, and files of them.
final class MessageCommands {
    private static final String STANDARD = "-";
    private static final String PROPERTY = "--property";
    private static final String HEADER = "--header";
    private static final String COUNT = "--count";
    private static final String STATE = "--state";
    private static final String DEFAULT_EXCHANGE = "amq.default";

    /// What is imported with one request: so many messages, or about so many characters.
    private static final int BATCH = 500;

    private static final int BATCH_LENGTH = 4 * 1024 * 1024;

    private static final Listing GOT = new Listing()
            .column("EXCHANGE", "exchange")
            .column("KEY", "routing_key")
            .column("AGAIN", "redelivered")
            .column("BYTES", "payload_bytes")
            .column("BODY", "payload")
            .column("ENCODING", "payload_encoding")
            .column("PROPERTIES", "properties");

    private MessageCommands() {}

    static List<CommandSpec> all() {
        return List.of(
                Management.ofHost(
                        Command.named("publish", "Publish one message to an exchange.")
                                .word("EXCHANGE", "its name; " + DEFAULT_EXCHANGE + " is the one that knows all queues")
                                .word("KEY", "the routing key: at " + DEFAULT_EXCHANGE + " the queue's name")
                                .optionalWord("BODY", "the message; '-' or nothing is all of standard input")
                                .option(Options.texts(
                                        PROPERTY, "NAME=VALUE", "content_type, message_id, priority, expiration, ..."))
                                .option(Options.texts(
                                        HEADER,
                                        "NAME=VALUE",
                                        "one header; a VALUE that is JSON (5, true) is that, else it is a text")),
                        MessageCommands::publish),
                Management.doneInHost(
                        Command.named("get", "Take messages out of a queue, with all their properties.")
                                .word("QUEUE", QueueCommands.NAME)
                                .number(COUNT, "N", "at most so many (1 if not given)")
                                .flag("--keep", "put them back: they are then marked as delivered before")
                                .option(Format.option()),
                        MessageCommands::get),
                QueuePeekCommand.named("peek"),
                Management.doneInHost(
                        Command.named(
                                        "export",
                                        "Write messages of a queue to a file, a line of JSON each. They stay where they are.")
                                .word("QUEUE", QueueCommands.NAME)
                                .optionalWord("FILE", "where to; '-' or nothing is standard output")
                                .option(QueuePeekCommand.state())
                                .number(COUNT, "N", "at most so many (all if not given)"),
                        MessageCommands::export),
                Management.doneInHost(
                        Command.named(
                                        "import",
                                        "Publish the messages of such a file, and wait until all are confirmed.")
                                .word("FILE", "from where; '-' is standard input")
                                .option(
                                        "--to-queue",
                                        "QUEUE",
                                        "all into this queue, and not to where they were published")
                                .help(
                                        "A message that fits no queue is counted and reported. What is behind a line that is refused is not sent."),
                        MessageCommands::load));
    }

    private static ExitCode publish(Management on) {
        String body = on.given().optionalWord(2).orElse(STANDARD);
        byte[] payload = body.equals(STANDARD) ? standardInput() : body.getBytes(StandardCharsets.UTF_8);
        Json.Builder properties = Json.object().with("delivery_mode", 2);
        ArgumentOption.read(on.given(), PROPERTY)
                .build()
                .fields()
                .forEach((name, value) -> properties.with(name, isNumber(name) ? value : Json.of(value.shown())));
        Json headers = ArgumentOption.read(on.given(), HEADER).build();
        if (!headers.fields().isEmpty()) {
            properties.with("headers", headers);
        }
        Json answer = on.broker()
                .post(
                        api(
                                "exchanges",
                                on.virtualHost(),
                                on.word(0).isEmpty() ? DEFAULT_EXCHANGE : on.word(0),
                                "publish"),
                        Json.object()
                                .with("routing_key", on.word(1))
                                .with("properties", properties.build())
                                .with("payload", Base64.getEncoder().encodeToString(payload))
                                .with("payload_encoding", "base64")
                                .build());
        if (!answer.isTrue("routed")) {
            throw new CommandFailure(
                    "no queue takes what is published to '%s' with the key '%s', so it is gone. './posthorn binding ls' shows what is bound."
                            .formatted(on.word(0), on.word(1)));
        }
        on.say("Published, and safe.");
        return ExitCode.OK;
    }

    private static boolean isNumber(String property) {
        return List.of("delivery_mode", "priority", "timestamp").contains(property);
    }

    private static byte[] standardInput() {
        try {
            return System.in.readAllBytes();
        } catch (IOException e) {
            throw new CommandFailure("standard input cannot be read: %s.".formatted(e.getMessage()));
        }
    }

    private static void get(Management on) {
        Json wanted = Json.object()
                .with("count", on.given().number(COUNT).orElse(1L))
                .with("ackmode", on.given().has("--keep") ? "ack_requeue_true" : "ack_requeue_false")
                .with("encoding", "auto")
                .build();
        on.mustFind(QueueCommands.path(on), "queue", on.word(0), QueueCommands.NEXT);
        on.print(GOT, on.broker().post(QueueCommands.path(on) + "/get", wanted).elements());
    }

    private static void export(Management on) {
        String file = on.given().optionalWord(1).orElse(STANDARD);
        long most = on.given().number(COUNT).orElse(Long.MAX_VALUE);
        String state = on.given().value(STATE).orElse("ready");
        var progress = Progress.of("exported", most == Long.MAX_VALUE ? ready(on) : most);
        try (Writer out = file.equals(STANDARD) ? null : PrivateFile.open(Path.of(file))) {
            QueuePeekCommand.forEach(on, "export?", state, most, message -> {
                String line = line(message).write();
                if (out == null) {
                    on.out().println(line);
                } else {
                    append(out, line);
                }
                progress.advance(1);
            });
        } catch (IOException | UncheckedIOException e) {
            throw new CommandFailure("'%s' cannot be written: %s.".formatted(file, e.getMessage()));
        } finally {
            progress.end();
        }
        System.err.printf("Exported %s.%n", QueueCommands.messages(progress.done()));
    }

    private static long ready(Management on) {
        return on.mustFind(QueueCommands.path(on), "queue", on.word(0), QueueCommands.NEXT)
                .number("messages_ready");
    }

    private static void append(Writer out, String line) {
        try {
            out.write(line);
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // What an import needs: the rest is of the queue, not of the message.
    private static Json line(Json message) {
        Json.Builder line = Json.object();
        for (String member : List.of("exchange", "routing_key", "properties", "payload", "payload_encoding")) {
            line.with(member, message.get(member));
        }
        return line.build();
    }

    private static void load(Management on) {
        String file = on.word(0);
        var importing = new Importing(on);
        try (BufferedReader lines = file.equals(STANDARD)
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(file))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                importing.add(line);
            }
            importing.send();
        } catch (IOException e) {
            throw new CommandFailure("'%s' cannot be read: %s.".formatted(file, e.getMessage()));
        } finally {
            importing.progress.end();
        }
        on.say(
                "Imported %s%s.",
                QueueCommands.messages(importing.progress.done()),
                importing.unroutable == 0
                        ? ""
                        : ", of which %d fit no queue and are gone".formatted(importing.unroutable));
    }

    /// Messages on their way in, some with each request.
    private static final class Importing {
        private final Management on;
        private final Progress progress = Progress.of("imported", 0);
        private final List<Json> batch = new ArrayList<>();
        private int length;
        private long line;
        private long unroutable;

        Importing(Management on) {
            this.on = on;
        }

        void add(String text) {
            line++;
            if (text.isBlank()) {
                return;
            }
            try {
                batch.add(Json.parse(text));
            } catch (JsonException e) {
                send();
                throw new CommandFailure("line %d is no JSON (%s). The %d messages before it are imported and safe."
                        .formatted(line, e.getMessage(), progress.done()));
            }
            length += text.length();
            if (batch.size() == BATCH || length > BATCH_LENGTH) {
                send();
            }
        }

        void send() {
            if (batch.isEmpty()) {
                return;
            }
            Json.Builder request = Json.object().with("messages", Json.array(batch));
            on.given().value("--to-queue").ifPresent(queue -> request.with("to_queue", queue));
            Json answer = on.broker().post(v1("vhosts", on.virtualHost(), "import"), request.build());
            unroutable += answer.number("unroutable");
            progress.advance(batch.size());
            batch.clear();
            length = 0;
        }
    }
}
