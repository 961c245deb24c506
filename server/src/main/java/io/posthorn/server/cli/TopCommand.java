package io.posthorn.server.cli;

import static io.posthorn.server.cli.api.Paths.api;

import io.posthorn.server.cli.api.Json;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/// The busiest queues: on a terminal a page that renews itself, in a pipe one that is printed once.
final class TopCommand {
    private static final String EVERY = "--every";
    private static final String LINES = "--lines";

    /// The other screen, which leaves the user's own as it was.
    private static final String OTHER_SCREEN = "\033[?1049h\033[?25l";
    private static final String OWN_SCREEN = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String CLEAR_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";

    private static final Listing QUEUES = new Listing()
            .column("QUEUE", "name")
            .column("VHOST", "vhost")
            .column("READY", "messages_ready", queue -> Json.of(queue.number("messages_ready")))
            .column("UNSETTLED", "messages_unacknowledged", queue -> Json.of(queue.number("messages_unacknowledged")))
            .column("CONSUMERS", "consumers", queue -> Json.of(queue.number("consumers")))
            .column("IN/S", "publish_rate", queue -> rate(queue, "publish"))
            .column("OUT/S", "deliver_rate", queue -> rate(queue, "deliver_get"))
            .column("SETTLED/S", "ack_rate", queue -> rate(queue, "ack"));

    private TopCommand() {}

    static CommandSpec described() {
        return Management.doneInBroker(
                Command.named("top", "Watch the busiest queues.")
                        .number(EVERY, "SECONDS", "how often it looks (2 if not given)")
                        .number(LINES, "N", "so many queues (what fits, if not given; 20 in a pipe)")
                        .option(Format.option())
                        .help("On a terminal it stays until Ctrl-C; in a pipe it prints once and ends."),
                TopCommand::run);
    }

    private static void run(Management on) throws InterruptedException {
        if (!Terminal.isThere() || on.format() == Format.JSON) {
            on.print(QUEUES, busiest(on, on.given().number(LINES).orElse(20L)));
            return;
        }
        long every = Math.clamp(on.given().number(EVERY).orElse(2L), 1L, 3_600L) * 1_000;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> show(on, OWN_SCREEN), "own-screen"));
        show(on, OTHER_SCREEN);
        while (true) {
            show(on, page(on));
            Thread.sleep(every);
        }
    }

    private static void show(Management on, String text) {
        on.out().print(text);
        on.out().flush();
    }

    private static String page(Management on) {
        Json overview = on.broker().get(api("overview"));
        long lines = on.given().number(LINES).orElse(terminalLines() - 4L);
        var page = new StringBuilder(HOME);
        page.append("Posthorn %s at %s   ready %d, unsettled %d, connections %d   Ctrl-C ends"
                        .formatted(
                                LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
                                on.broker().endpoint().name(),
                                overview.get("queue_totals").number("messages_ready"),
                                overview.get("queue_totals").number("messages_unacknowledged"),
                                overview.get("object_totals").number("connections")))
                .append(CLEAR_LINE)
                .append("\n")
                .append(CLEAR_LINE)
                .append("\n");
        QUEUES.table(busiest(on, lines))
                .forEach(line -> page.append(line).append(CLEAR_LINE).append("\n"));
        return page.append(CLEAR_BELOW).toString();
    }

    // Shells tell their children when it is exported; 24 is what every terminal has.
    private static long terminalLines() {
        try {
            String lines = System.getenv("LINES");
            return lines == null ? 24 : Math.max(6, Long.parseLong(lines));
        } catch (NumberFormatException e) {
            return 24;
        }
    }

    private static List<Json> busiest(Management on, long most) {
        return on.broker().get(api("queues")).elements().stream()
                .sorted(Comparator.comparingDouble(TopCommand::activity).reversed())
                .limit(Math.max(0, most))
                .toList();
    }

    private static double activity(Json queue) {
        return value(rate(queue, "publish")) + value(rate(queue, "deliver_get")) + queue.number("messages") / 1e9;
    }

    private static double value(Json number) {
        return number instanceof Json.Number rate ? rate.doubleValue() : 0;
    }

    private static Json rate(Json queue, String what) {
        return queue.get("message_stats").get(what + "_details").get("rate") instanceof Json.Number rate
                ? new Json.Number(Double.toString(Math.round(rate.doubleValue() * 10) / 10.0))
                : new Json.Number("0.0");
    }
}
