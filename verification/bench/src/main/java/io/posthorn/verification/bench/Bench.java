package io.posthorn.verification.bench;

import io.posthorn.verification.bench.Cases.Case;
import io.posthorn.verification.bench.Cases.Target;
import io.posthorn.verification.bench.backlog.BrokerBacklog;
import io.posthorn.verification.bench.backlog.CatchUp;
import io.posthorn.verification.bench.backlog.DelayedBacklog;
import io.posthorn.verification.bench.backlog.OrderedBacklog;
import io.posthorn.verification.bench.kafka.KafkaComparison;
import io.posthorn.verification.bench.kafka.Scale;
import io.posthorn.verification.bench.load.ManyQueues;
import io.posthorn.verification.bench.load.ManyQueues.Work;
import io.posthorn.verification.bench.spike.StorageSpike;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The bench's command line.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        scope = CommandLine.ScopeType.INHERIT,
        sortOptions = false,
        description = "Measures Posthorn beside RabbitMQ on this machine, and prints Markdown tables.",
        subcommands = CommandLine.HelpCommand.class)
public final class Bench {
    private static final String PROGRESS = "bench: ";

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "where brokers keep their data meanwhile, made if need be (default: under /tmp)",
            scope = CommandLine.ScopeType.INHERIT)
    private Path parent = Path.of("/tmp");

    @Option(
            names = "--brokers",
            paramLabel = "NAME",
            split = ",",
            description = "of RabbitMQ's cases: rabbitmq, posthorn, or both (default: both)",
            scope = CommandLine.ScopeType.INHERIT)
    private Set<String> brokers = Set.of("rabbitmq", "posthorn");

    @Option(
            names = "--rounds",
            description = "how often each case runs; medians are shown (default: ${DEFAULT-VALUE})",
            scope = CommandLine.ScopeType.INHERIT)
    private int rounds = 3;

    @Option(
            names = "--baseline",
            paramLabel = "DIR",
            description = "another working copy of Posthorn, built, to be measured in the same run",
            scope = CommandLine.ScopeType.INHERIT)
    private @Nullable Path baseline;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Command(description = "Rates, CPU per message and latency, brokers in turn.")
    void compare(
            @Option(names = "--only", paramLabel = "TEXT", description = "only cases whose name holds this")
                    String only,
            @Option(names = "--seconds", defaultValue = "5", description = "counted in each run") int seconds)
            throws IOException, InterruptedException {
        try (var servers = new Servers()) {
            List<Target> targets = servers.targets();
            Map<String, List<Result>> results = new LinkedHashMap<>();
            List<Case> cases = new Cases(seconds)
                    .all().stream()
                            .filter(one -> only == null || one.name().contains(only))
                            .toList();
            for (Target target : targets) {
                if (!target.queueType().equals("quorum")) {
                    progress("warm-up, " + target.name());
                    new Cases(seconds).warmUp().run().on(target, "warm-up");
                }
            }
            for (int round = 0; round < rounds; round++) {
                for (Case one : cases) {
                    for (Target target : targets) {
                        if (one.quorum() || !target.queueType().equals("quorum")) {
                            progress(one.name() + ", " + target.name());
                            results.computeIfAbsent(one.name() + target.name(), key -> new ArrayList<>())
                                    .add(one.run()
                                            .on(
                                                    target,
                                                    "bench-" + round + "-" + cases.indexOf(one) + "-"
                                                            + target.queueType()));
                        }
                    }
                }
            }
            new Report(cases, targets, results).print();
        }
    }

    @Command(description = "Fills one queue without a consumer, then drains it.")
    void backlog(@Option(names = "--messages", defaultValue = "2000000", description = "of 100 bytes") long messages)
            throws IOException, InterruptedException {
        System.out.println(Figures.head(
                "broker",
                "fill msg/s",
                "drain msg/s",
                "first tenth",
                "last tenth",
                "fill CPU s/M",
                "drain CPU s/M",
                "peak RSS MB",
                "RSS before",
                "others"));
        for (int round = 0; round < rounds; round++) {
            try (var servers = new Servers()) {
                for (Target target : servers.targets()) {
                    if (!target.queueType().equals("quorum")) {
                        System.out.println(backlog(target, messages));
                    }
                }
            }
        }
    }

    private static String backlog(Target target, long messages) throws IOException, InterruptedException {
        long pid = target.broker().pid();
        double before = Proc.residentMegabytes(pid);
        Proc.resetPeak(pid);
        String[] common = {"queue=backlog", "type=" + target.queueType(), "warmUp=0", "count=" + messages, "window=2000"
        };
        progress("fill " + messages + ", " + target.name());
        var fill = Loads.cheap(target.broker(), 600, with(common, "consume=false"));
        progress("drain " + messages + ", " + target.name());
        var drain = Loads.cheap(target.broker(), 600, with(common, "publish=false"));
        return Figures.row(
                target.name(),
                fill.get("rate"),
                drain.get("rate"),
                drain.get("firstTenth"),
                drain.get("lastTenth"),
                fill.get("serverCpu"),
                drain.get("serverCpu"),
                Proc.peakResidentMegabytes(pid),
                before,
                Math.max(fill.get("others"), drain.get("others")));
    }

    private static String[] with(String[] common, String more) {
        List<String> all = new ArrayList<>(List.of(common));
        all.add(more);
        return all.toArray(String[]::new);
    }

    @Command(
            name = "delayed-backlog",
            description = "Delayed messages through the broker's own interface, no network, in a heap of 512 MB.")
    void delayedBacklog(
            @Option(
                            names = "--messages",
                            defaultValue = "10000000",
                            description = "how many (default: ${DEFAULT-VALUE})")
                    long messages)
            throws IOException, InterruptedException {
        Path directory = newDirectory("posthorn-bench");
        try {
            Loads.inherited(DelayedBacklog.class, "-Xmx512m", directory.toString(), Long.toString(messages));
        } finally {
            delete(directory);
        }
    }

    @Command(
            name = "broker-backlog",
            description = "One deep queue through the broker's own interface, with a heap of 512 MiB.")
    void brokerBacklog(
            @Option(names = "--messages", defaultValue = "10000000", description = "of 100 bytes") long messages)
            throws IOException, InterruptedException {
        Path directory = newDirectory("posthorn-backlog-");
        try {
            Loads.inherited(BrokerBacklog.class, "-Xmx512m", directory.toString(), Long.toString(messages));
        } finally {
            delete(directory);
        }
    }

    @Command(
            name = "broker-orders",
            description = "A backlog in 255 priorities, and one drained from its end, with restarts in between.")
    void brokerOrders(
            @Option(names = "--messages", defaultValue = "1000000", description = "of 100 bytes") long messages)
            throws IOException, InterruptedException {
        Path directory = newDirectory("posthorn-orders-");
        try {
            Loads.inherited(OrderedBacklog.class, "-Xmx512m", directory.toString(), Long.toString(messages));
        } finally {
            delete(directory);
        }
    }

    @Command(description = "What Posthorn's time and allocations go to in one case, by Java Flight Recorder.")
    void profile(
            @Option(names = "--only", paramLabel = "TEXT", description = "the first case whose name holds this")
                    String only,
            @Option(names = "--seconds", defaultValue = "8", description = "counted") int seconds)
            throws IOException, InterruptedException {
        brokers = Set.of("posthorn");
        Case one = new Cases(seconds)
                .all().stream()
                        .filter(each -> only == null || each.name().contains(only))
                        .findFirst()
                        .orElseThrow(() -> new CommandLine.ParameterException(
                                new CommandLine(this), "no case is named like " + only));
        try (var servers = new Servers()) {
            Target target = servers.targets().getFirst();
            new Cases(seconds).warmUp().run().on(target, "warm-up");
            new Profile(target.broker().pid(), servers.directory)
                    .of(() -> progress(one.name() + ": " + one.run().on(target, "profiled")));
        }
    }

    @Command(description = "Many queues are declared, used and deleted: how many a second, and what they hold.")
    void queues(
            @Option(names = "--queues", defaultValue = "20000", description = "durable") int queues,
            @Option(names = "--connections", defaultValue = "8", description = "at once") int connections)
            throws IOException, InterruptedException, TimeoutException {
        List<Object> head = new ArrayList<>(List.of("broker"));
        Stream.of(Work.values())
                .map(work -> work.name().toLowerCase(Locale.ROOT) + "/s")
                .forEach(head::add);
        head.addAll(List.of("RSS MB before", "declared", "deleted", "server CPU s"));
        System.out.println(Figures.head(head.toArray()));
        try (var servers = new Servers()) {
            for (BrokerProcess broker : servers.started) {
                progress(queues + " queues, " + broker.name());
                System.out.println(queues(broker, queues, connections));
            }
        }
    }

    private static String queues(BrokerProcess broker, int queues, int connections)
            throws IOException, InterruptedException, TimeoutException {
        long pid = broker.pid();
        List<Object> row = new ArrayList<>(List.of(broker.name()));
        double before = Proc.residentMegabytes(pid);
        double declared = before;
        double cpu = Proc.cpuSeconds(pid);
        try (var many = new ManyQueues(broker.port, queues, connections)) {
            for (Work work : Work.values()) {
                row.add(many.rateOf(work));
                if (work == Work.DECLARE) {
                    declared = Proc.residentMegabytes(pid);
                }
            }
        }
        row.addAll(List.of(before, declared, Proc.residentMegabytes(pid), Proc.cpuSeconds(pid) - cpu));
        return Figures.row(row.toArray());
    }

    @Command(description = "How long until AMQP answers, and what an idle broker holds.")
    void start() throws IOException, InterruptedException {
        System.out.println(Figures.head(
                "broker", "first start s", "later starts s", "CPU s until ready", "idle RSS MB", "idle CPU %"));
        try (var servers = new Servers()) {
            for (BrokerProcess broker : servers.started) {
                double first = broker.readySeconds();
                List<Double> later = new ArrayList<>();
                List<Double> cpu = new ArrayList<>();
                for (int round = 0; round < rounds; round++) {
                    broker.restart();
                    later.add(broker.readySeconds());
                    cpu.add(Proc.cpuSeconds(broker.pid()));
                }
                Thread.sleep(2_000);
                double before = Proc.cpuSeconds(broker.pid());
                Thread.sleep(5_000);
                System.out.println(Figures.row(
                        broker.name(),
                        first,
                        Figures.median(later),
                        Figures.median(cpu),
                        Proc.residentMegabytes(broker.pid()),
                        (Proc.cpuSeconds(broker.pid()) - before) / 5 * 100));
            }
        }
    }

    @Command(
            name = "catch-up",
            description = "One log is read back from the disk through the log's own interface, in a heap of 512 MiB.")
    void catchUp(@Option(names = "--megabytes", defaultValue = "2048", description = "of batches of 16 KiB") long bytes)
            throws IOException, InterruptedException {
        Path directory = newDirectory("posthorn-catch-up-");
        try {
            Loads.inherited(CatchUp.class, "-Xmx512m", directory.toString(), Long.toString(bytes));
        } finally {
            delete(directory);
        }
    }

    @Command(description = "Posthorn beside Apache Kafka, loaded by Kafka's own programs.")
    void kafka(
            @Option(
                            names = "--full",
                            description =
                                    "as long as figures need, 25 minutes; without it just long enough to see that "
                                            + "everything works")
                    boolean full,
            @Option(names = "--short", description = "a quarter of that, 8 minutes") boolean shorter,
            @Option(names = "--minutes", paramLabel = "N", description = "no case begins later") @Nullable
                    Integer minutes,
            @Option(
                            names = "--only",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "only cases whose name holds this")
                    String only,
            @Option(
                            names = "--output",
                            paramLabel = "FILE",
                            defaultValue = "verification/bench/target/kafka.md",
                            description = "where tables are written after each case (default: ${DEFAULT-VALUE})")
                    Path output,
            @Option(
                            names = "--libraries",
                            paramLabel = "DIR",
                            defaultValue = "verification/bench/target/kafka",
                            hidden = true)
                    Path libraries)
            throws IOException, InterruptedException {
        Scale preset = full ? Scale.FULL : shorter ? Scale.SHORTER : Scale.GLANCE;
        Scale scale = new Scale(preset.share(), minutes == null ? preset.minutes() : minutes);
        Path before = baseline == null ? null : Posthorn.launcherIn(baseline);
        var programs = new KafkaComparison.Programs(Posthorn.launcher(), before, libraries.toAbsolutePath());
        Path directory = newDirectory("posthorn-kafka-");
        // However this ends: by itself, or because somebody has had enough of it.
        var comparison = new KafkaComparison(programs, new KafkaComparison.Wish(scale, only, rounds, output));
        var end = new Thread(() -> end(comparison, directory));
        Runtime.getRuntime().addShutdownHook(end);
        comparison.run(programs, directory);
    }

    private static void end(KafkaComparison comparison, Path directory) {
        comparison.close();
        try {
            delete(directory);
        } catch (IOException e) {
            System.err.println(directory + " is left: " + e.getMessage());
        }
    }

    @Command(description = "The experiment of ADR 0007: commits and catch-up reads on plain files.")
    void spike() throws IOException {
        Path directory = newDirectory("posthorn-spike-");
        try {
            StorageSpike.main(new String[] {directory.toString(), Integer.toString(rounds)});
        } finally {
            Files.delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private Path newDirectory(String prefix) throws IOException {
        return Files.createTempDirectory(Files.createDirectories(parent), prefix);
    }

    private static void progress(String what) {
        System.err.println(PROGRESS + what);
    }

    /// The brokers of one command, each in a directory of its own, gone with them.
    private final class Servers implements AutoCloseable {
        private final Path directory = newDirectory("posthorn-bench-");
        private final List<BrokerProcess> started = new ArrayList<>();

        Servers() throws IOException, InterruptedException {
            try {
                if (brokers.contains("rabbitmq") && RabbitMq.isInstalled()) {
                    started.add(RabbitMq.start(Files.createDirectory(directory.resolve("rabbitmq"))));
                }
                if (baseline != null) {
                    started.add(Posthorn.baseline(baseline, Files.createDirectory(directory.resolve("baseline"))));
                }
                if (brokers.contains("posthorn") && Posthorn.isPackaged()) {
                    started.add(Posthorn.start(Files.createDirectory(directory.resolve("posthorn"))));
                }
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        List<Target> targets() {
            List<Target> targets = new ArrayList<>();
            for (BrokerProcess broker : started) {
                if (broker instanceof RabbitMq) {
                    targets.add(new Target(Cases.CLASSIC, broker, "classic"));
                    targets.add(new Target("RabbitMQ quorum", broker, "quorum"));
                } else {
                    targets.add(new Target(broker.name(), broker, ""));
                }
            }
            return targets;
        }

        @Override
        public void close() throws IOException {
            for (BrokerProcess broker : started) {
                broker.close();
            }
            delete(directory);
        }
    }
}
