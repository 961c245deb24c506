package io.posthorn.verification.bench;

import io.posthorn.verification.bench.load.AmqpLatency;
import io.posthorn.verification.bench.load.AmqpLoad;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs load programs as processes of their own, for their CPU time is part of the result.
final class Loads {
    private static final Pattern RESULT = Pattern.compile("(\\w+)=([-0-9.]+)");
    private static final Pattern PERF_TEST_SECOND =
            Pattern.compile("time ([0-9.]+) s.*?received: ([0-9]+) msg/s.*?consumer latency: ([0-9/]+) (µs|ms)");
    private static final String PERF_TEST = "com.rabbitmq.perf.PerfTest";

    private Loads() {}

    static Result cheap(BrokerProcess broker, long atMostSeconds, String... arguments)
            throws IOException, InterruptedException {
        return own(AmqpLoad.class, broker, atMostSeconds, arguments);
    }

    static Result latency(BrokerProcess broker, long atMostSeconds, String... arguments)
            throws IOException, InterruptedException {
        return own(AmqpLatency.class, broker, atMostSeconds, arguments);
    }

    private static Result own(Class<?> main, BrokerProcess broker, long atMostSeconds, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = java("-Xmx128m", main.getName());
        command.add("port=" + broker.port);
        command.add("pid=" + broker.pid());
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output;
        try (var reader = output(process)) {
            var watchdog = stopAfter(process, atMostSeconds);
            output = String.join("\n", reader.readAllLines());
            watchdog.interrupt();
        }
        Map<String, Double> results = new HashMap<>();
        Matcher matcher = RESULT.matcher(output);
        while (matcher.find()) {
            results.put(matcher.group(1), Double.valueOf(matcher.group(2)));
        }
        if (process.waitFor() != 0 || results.isEmpty()) {
            throw new IOException(main.getSimpleName() + " failed against " + broker.name() + ":\n" + output);
        }
        return new Result(results);
    }

    /// A program that prints for itself.
    static void inherited(Class<?> main, String heap, String... arguments) throws IOException, InterruptedException {
        List<String> command = java(heap, main.getName());
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).inheritIO().start();
        var watchdog = stopAfter(process, 600);
        process.waitFor();
        watchdog.interrupt();
    }

    /// RabbitMQ's load program. Its first seconds are its own warm-up, and not counted.
    static Result perfTest(BrokerProcess broker, double warmUpSeconds, int seconds, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = java("-Xmx512m", PERF_TEST);
        command.add("-h");
        command.add("amqp://guest:guest@127.0.0.1:" + broker.port);
        command.add("-z");
        command.add(Integer.toString((int) warmUpSeconds + seconds + 1));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var second = new PerfTestSeconds(broker.pid(), process.pid(), warmUpSeconds);
        List<String> output = new ArrayList<>();
        try (var reader = output(process)) {
            var watchdog = stopAfter(process, (long) warmUpSeconds + seconds + 60);
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.add(line);
                second.line(line);
            }
            watchdog.interrupt();
        }
        process.waitFor();
        if (second.received.isEmpty()) {
            throw new IOException("PerfTest failed against " + broker.name() + ":\n" + String.join("\n", output));
        }
        return second.results();
    }

    /// What PerfTest says each second, and what `/proc` says at that moment.
    private static final class PerfTestSeconds {
        private record Moment(double time, double server, double load, double busy) {}

        private final long server;
        private final long load;
        private final double warmUp;
        private final List<Double> received = new ArrayList<>();
        private final List<Double> median = new ArrayList<>();
        private final List<Double> p99 = new ArrayList<>();
        private final List<Moment> moments = new ArrayList<>();

        PerfTestSeconds(long server, long load, double warmUp) {
            this.server = server;
            this.load = load;
            this.warmUp = warmUp;
        }

        void line(String line) {
            Matcher matcher = PERF_TEST_SECOND.matcher(line);
            if (!matcher.find()) {
                return;
            }
            double time = Double.parseDouble(matcher.group(1));
            if (time < warmUp) {
                return;
            }
            if (!moments.isEmpty()) {
                received.add(Double.valueOf(matcher.group(2)));
                String[] latencies = matcher.group(3).split("/", -1);
                double toMillis = matcher.group(4).equals("ms") ? 1 : 1e-3;
                median.add(Double.parseDouble(latencies[1]) * toMillis);
                p99.add(Double.parseDouble(latencies[latencies.length - 1]) * toMillis);
            }
            moments.add(new Moment(time, Proc.cpuSeconds(server), Proc.cpuSeconds(load), Proc.busySeconds()));
        }

        Result results() {
            Moment first = moments.getFirst();
            Moment last = moments.getLast();
            double seconds = last.time - first.time;
            double rate =
                    received.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
            double millions = rate * seconds / 1e6;
            double serverCpu = last.server - first.server;
            double loadCpu = last.load - first.load;
            return new Result(Map.of(
                    "rate",
                    rate,
                    "serverCpu",
                    serverCpu / millions,
                    "loadCpu",
                    loadCpu / millions,
                    "others",
                    Math.max(0, (last.busy - first.busy - serverCpu - loadCpu) / seconds),
                    "consumerP50",
                    Figures.median(median),
                    "consumerP99",
                    Figures.median(p99)));
        }
    }

    private static List<String> java(String heap, String main) {
        return new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                heap,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main));
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /// Everything here is bounded: a load that hangs is ended, and its output shown.
    private static Thread stopAfter(Process process, long seconds) {
        return Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                // It ended in time.
            }
        });
    }
}
