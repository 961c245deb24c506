package io.posthorn.verification.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What is measured, by name.
final class Cases {
    /// What everything is compared with.
    static final String CLASSIC = "RabbitMQ classic";

    private static final int LATENCY_SECONDS = 6;
    private static final int WARM_UP_SECONDS = 3;

    /// A broker, and the type of queue that is asked of it.
    ///
    /// @param name as it stands in the tables
    record Target(String name, BrokerProcess broker, String queueType) {}

    /// One run of one case against one target.
    interface Run {
        Result on(Target target, String queue) throws IOException, InterruptedException;
    }

    /// @param quorum whether it makes sense for a replicated queue
    /// @param columns of the table, by the names of the results
    record Case(String name, boolean quorum, List<String> columns, Run run) {}

    private static final List<String> RATE = List.of("rate", "serverCpu", "loadCpu", "others");
    private static final List<String> LATENCY = List.of(
            "consumerP50",
            "consumerP99",
            "consumerP999",
            "confirmP50",
            "confirmP99",
            "confirmP999",
            "serverCpu",
            "others");

    private final int seconds;

    /// @param seconds that are counted, in each run
    Cases(int seconds) {
        this.seconds = seconds;
    }

    /// What a broker does before anything counts: a JVM compiles for seconds under its first load.
    Case warmUp() {
        return new Case("warm-up", true, RATE, (target, queue) -> {
            cheap("body=100", "window=200").on(target, queue);
            return perfTestPersistent("100").on(target, queue + "-perf-test");
        });
    }

    List<Case> all() {
        List<Case> cases = new ArrayList<>();
        cases.addAll(cheapLoad());
        cases.addAll(perfTest());
        cases.addAll(manyQueues());
        cases.add(stream());
        cases.addAll(latency());
        return cases;
    }

    private List<Case> cheapLoad() {
        return List.of(
                new Case("cheap, persistent, 100 B, window 200", true, RATE, cheap("body=100", "window=200")),
                new Case("cheap, persistent, 100 B, window 2,000", true, RATE, cheap("body=100", "window=2000")),
                new Case("cheap, persistent, 1 KiB, window 200", true, RATE, cheap("body=1024", "window=200")),
                new Case(
                        "cheap, persistent, 100 B, window 2,000, multiple acks",
                        false,
                        RATE,
                        cheap("body=100", "window=2000", "ackEach=false")),
                new Case(
                        "cheap, transient, 100 B, no confirms",
                        false,
                        RATE,
                        cheap("body=100", "window=2000", "confirms=false")));
    }

    private Run cheap(String... arguments) {
        return (target, queue) -> {
            List<String> all = new ArrayList<>(List.of(arguments));
            all.add("queue=" + queue);
            all.add("type=" + target.queueType());
            all.add("seconds=" + seconds);
            all.add("warmUp=" + WARM_UP_SECONDS);
            return Loads.cheap(target.broker(), 60 + seconds, all.toArray(String[]::new));
        };
    }

    private List<Case> perfTest() {
        return List.of(
                new Case("PerfTest, persistent, 100 B, confirms 200", true, RATE, perfTestPersistent("100")),
                new Case("PerfTest, persistent, 1 KiB, confirms 200", true, RATE, perfTestPersistent("1024")),
                new Case(
                        "PerfTest, transient, 100 B, no confirms",
                        false,
                        RATE,
                        (target, queue) -> Loads.perfTest(
                                target.broker(), WARM_UP_SECONDS + 0.5, seconds, "-u", queue, "-s", "100", "-a")));
    }

    private Run perfTestPersistent(String bytes) {
        return (target, queue) -> {
            List<String> all = new ArrayList<>(
                    List.of("-u", queue, "-s", bytes, "-ad", "false", "-f", "persistent", "-c", "200", "-q", "200"));
            if (target.queueType().equals("quorum")) {
                all.add("--quorum-queue");
            }
            return Loads.perfTest(target.broker(), WARM_UP_SECONDS + 0.5, seconds, all.toArray(String[]::new));
        };
    }

    private List<Case> manyQueues() {
        return List.of(
                new Case(
                        "PerfTest, 10 publishers, 10 queues, 10 consumers, persistent, 100 B",
                        true,
                        RATE,
                        tenQueues("direct", "10")),
                new Case("PerfTest, fan-out 1 to 10, persistent, 100 B", true, RATE, tenQueues("fanout", "1")));
    }

    /// The rate is that of the messages received.
    private Run tenQueues(String exchangeType, String publishers) {
        return (target, queue) -> {
            List<String> all = new ArrayList<>(
                    List.of("--queue-pattern", queue + "-%d", "--queue-pattern-from", "1", "--queue-pattern-to", "10"));
            all.addAll(List.of("-e", queue, "-t", exchangeType, "-x", publishers, "-y", "10", "-s", "100"));
            all.addAll(List.of("-ad", "false", "-f", "persistent", "-c", "200", "-q", "200"));
            if (target.queueType().equals("quorum")) {
                all.add("--quorum-queue");
            }
            return Loads.perfTest(target.broker(), WARM_UP_SECONDS + 0.5, seconds, all.toArray(String[]::new));
        };
    }

    /// The rate is that of the messages received, by all consumers together.
    private Case stream() {
        return new Case(
                "PerfTest, one stream, 5 consumers from the first message, 100 B, confirms 200",
                false,
                RATE,
                (target, queue) -> {
                    List<String> all = new ArrayList<>(List.of("--stream-queue", "-u", queue, "-sco", "first"));
                    all.addAll(List.of("-x", "1", "-y", "5", "-s", "100", "-c", "200", "-q", "200"));
                    return Loads.perfTest(target.broker(), WARM_UP_SECONDS + 0.5, seconds, all.toArray(String[]::new));
                });
    }

    private List<Case> latency() {
        return List.of(
                new Case("latency at 1,000/s", false, LATENCY, latency(1_000)),
                new Case("latency at 5,000/s", false, LATENCY, latency(5_000)));
    }

    private Run latency(int rate) {
        return (target, queue) -> Loads.latency(
                target.broker(),
                60,
                "queue=" + queue,
                "type=" + target.queueType(),
                "rate=" + rate,
                "seconds=" + LATENCY_SECONDS,
                "warmUp=" + WARM_UP_SECONDS);
    }
}
