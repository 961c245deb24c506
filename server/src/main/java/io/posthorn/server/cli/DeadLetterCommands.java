package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.encode;
import static io.posthorn.server.cli.api.Paths.v1;

import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Json;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// What queues have given up: counted in groups, looked at, and sent back.
final class DeadLetterCommands {
    private static final String COUNT = "--count";
    private static final String DRY_RUN = "--dry-run";
    private static final List<String> FIELDS = List.of("queue", "reason", "exchange", "routing_key");

    private static final Listing GROUPS = new Listing()
            .column("LIES IN", "lies_in")
            .column("DIED IN", "queue")
            .column("REASON", "reason")
            .column("EXCHANGE", "exchange")
            .column("KEY", "routing_key")
            .column("COUNT", "count")
            .column("OLDEST", "oldest")
            .column("NEWEST", "newest");

    private static final Listing LETTERS = new Listing()
            .column("ID", "id")
            .column("DIED IN", "queue", letter -> lastDeath(letter).get("queue"))
            .column("REASON", "reason", letter -> lastDeath(letter).get("reason"))
            .column("TIMES", "count", letter -> lastDeath(letter).get("count"))
            .column("SINCE", "first_time", letter -> lastDeath(letter).get("first_time"))
            .column("BYTES", "body_bytes")
            .column("BODY", "body");

    private DeadLetterCommands() {}

    static List<CommandSpec> all() {
        return List.of(
                Management.doneInHost(
                        Command.named("ls", "Look at the dead letters in a queue, the oldest first.")
                                .word("QUEUE", "the queue that takes them")
                                .number(COUNT, "N", "at most so many (10 if not given)")
                                .option(Format.option()),
                        DeadLetterCommands::list),
                Management.doneInHost(
                        Command.named("groups", "Count dead letters by what they have in common.")
                                .optionalWord("QUEUE", "the queue that takes them; all such queues, if not given")
                                .option(
                                        "--by",
                                        "FIELDS",
                                        "some of queue, reason, exchange, routing_key, with commas between (all if not given)")
                                .option(Format.option()),
                        DeadLetterCommands::groups),
                Management.ofHost(
                        where(Command.named(
                                                "replay",
                                                "Send dead letters back to where they died. Each leaves this queue when it is safe there.")
                                        .word("QUEUE", "the queue that takes them"))
                                .option("--to-exchange", "EXCHANGE", "to this exchange instead")
                                .option(
                                        "--key",
                                        "KEY",
                                        "with this routing key instead of their own; with --to-exchange only")
                                .number("--limit", "N", "at most so many")
                                .number("--rate", "N", "so many a second (as fast as possible if not given)")
                                .number(
                                        "--max-replays",
                                        "N",
                                        "leave those that were replayed so often already (3 if not given)")
                                .flag(DRY_RUN, "only count what would be sent, and end with 3 if anything would")
                                .option(Format.option()),
                        DeadLetterCommands::replay));
    }

    private static Command where(Command command) {
        return command.option("--queue", "QUEUE", "only those that died in this queue")
                .option("--reason", "REASON", "only those given up for it: rejected, expired, maxlen, delivery_limit")
                .option("--exchange", "EXCHANGE", "only those that had been published there")
                .option("--routing-key", "KEY", "only those that had been published with it");
    }

    private static Json lastDeath(Json letter) {
        List<Json> deaths = letter.get("deaths").elements();
        return deaths.isEmpty() ? Json.NULL : deaths.getFirst();
    }

    private static String path(Management on, String what) {
        return v1("vhosts", on.virtualHost(), "queues", on.word(0), what);
    }

    private static void list(Management on) {
        var letters = new ArrayList<Json>();
        QueuePeekCommand.forEach(
                on, "messages?body=256", "ready", on.given().number(COUNT).orElse(10L), letters::add);
        on.print(
                LETTERS,
                letters.stream()
                        .filter(letter -> !letter.get("deaths").elements().isEmpty())
                        .toList());
    }

    private static void groups(Management on) {
        String by =
                on.given().value("--by").map(fields -> "?by=" + encode(fields)).orElse("");
        String path = on.given().optionalWord(0).isPresent()
                ? path(on, "dead-letters")
                : v1("vhosts", on.virtualHost(), "dead-letters");
        Json found = ask(on, () -> on.broker().get(path + by));
        on.print(GROUPS, found.get("groups").elements());
        if (!found.isTrue("complete")) {
            System.err.printf("Only the first %d messages were looked at.%n", found.number("examined"));
        }
    }

    private interface Question {
        Json ask();
    }

    private static Json ask(Management on, Question question) {
        try {
            return question.ask();
        } catch (ApiException.NotFound e) {
            throw Management.notFound("queue", on.given().optionalWord(0).orElse(""), QueueCommands.NEXT);
        }
    }

    private static ExitCode replay(Management on) throws InterruptedException {
        Json.Builder where = Json.object();
        FIELDS.forEach(
                field -> on.given().value("--" + field.replace('_', '-')).ifPresent(value -> where.with(field, value)));
        Json.Builder order = Json.object().with("where", where.build()).with("wait", 1);
        on.given().value("--to-exchange").ifPresent(exchange -> order.with("exchange", exchange));
        on.given().value("--key").ifPresent(key -> order.with("routing_key", key));
        on.given().number("--limit").ifPresent(limit -> order.with("limit", limit));
        on.given().number("--rate").ifPresent(rate -> order.with("rate", rate));
        on.given().number("--max-replays").ifPresent(most -> order.with("max_replays", most));
        boolean dryRun = on.given().has(DRY_RUN);
        Json begun = ask(
                on,
                () -> on.broker()
                        .post(
                                path(on, "dead-letters") + "/replay",
                                order.with("dry_run", dryRun).build()));
        Json ended = awaitEnd(on, begun);
        report(on, ended, dryRun);
        if (!ended.text("state").equals("done")) {
            throw new CommandFailure("the replay was %s after %d messages%s."
                    .formatted(
                            ended.text("state"),
                            ended.number("replayed"),
                            ended.text("error").isEmpty() ? "" : ": " + ended.text("error")));
        }
        return dryRun && ended.number("replayed") > 0 ? ExitCode.CHECK_FAILED : ExitCode.OK;
    }

    private static Json awaitEnd(Management on, Json begun) throws InterruptedException {
        Json now = begun;
        var progress = Progress.of("replayed", begun.number("total"));
        try {
            while (now.text("state").equals("running")) {
                Thread.sleep(300);
                now = on.broker().get(v1("operations", begun.text("id")));
                progress.advance(now.number("examined") - progress.done());
            }
        } finally {
            progress.end();
        }
        return now;
    }

    private static void report(Management on, Json ended, boolean dryRun) {
        if (on.format() == Format.JSON) {
            on.out().println(ended.writeIndented());
            return;
        }
        on.say(dryRun ? "Would send %s back." : "Sent %s back.", QueueCommands.messages(ended.number("replayed")));
        left(on, ended, "looped", "were replayed too often already");
        left(on, ended, "unroutable", "have no target any more");
        left(on, ended, "refused", "were refused by their target");
    }

    private static void left(Management on, Json ended, String member, String why) {
        if (ended.number(member) > 0) {
            on.say("Left %s that %s.", QueueCommands.messages(ended.number(member)), why);
        }
    }
}
