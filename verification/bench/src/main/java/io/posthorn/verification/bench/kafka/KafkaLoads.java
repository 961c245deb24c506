package io.posthorn.verification.bench.kafka;

import io.posthorn.verification.bench.Proc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Runs Kafka's own load programs as processes of their own, and reads what they print.
final class KafkaLoads implements AutoCloseable {
    private static final String PACKAGE = "org.apache.kafka.tools.";
    private static final Pattern PRODUCED = Pattern.compile(
            "([0-9]+)(?: steady state)? records sent, ([0-9.]+) records/sec .*?([0-9.]+) ms avg latency.*?([0-9]+) ms 50th.*?([0-9]+) ms 99th");
    private static final Pattern LATENCY =
            Pattern.compile("Avg latency: ([0-9.]+) ms.*Percentiles: 50th = ([0-9]+), 99th = ([0-9]+)", Pattern.DOTALL);
    private static final int AT_MOST_SECONDS = 150;

    /// Of ten records, so many are sent before any counts: the client's JVM is new each time.
    private static final int WARM_UP_TENTHS = 2;

    private final Path libraries;
    private volatile @Nullable Process running;

    /// @param libraries directory of the jars of Kafka's tools
    KafkaLoads(Path libraries) {
        this.libraries = libraries;
    }

    /// @param rate records, or megabytes, a second
    /// @param rateInAll the same, with what came before the first of them
    /// @param p50 milliseconds
    /// @param p99 milliseconds
    /// @param loadCpu seconds in all
    record Figure(double rate, double rateInAll, double p50, double p99, double loadCpu) {}

    /// In milliseconds. Only the average has parts of them: the program tells percentiles in whole ones.
    record Latency(double average, double p50, double p99) {}

    /// As fast as it goes.
    Figure produce(String address, String topic, long records, int size, List<String> properties)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "--topic",
                topic,
                "--num-records",
                Long.toString(records),
                "--record-size",
                Integer.toString(size),
                "--throughput",
                "-1",
                "--warmup-records",
                Long.toString(records * WARM_UP_TENTHS / 10),
                "--bootstrap-server",
                address));
        if (!properties.isEmpty()) {
            // All behind one option: of two, the second replaces the first.
            arguments.add("--command-property");
            arguments.addAll(properties);
        }
        Output output = run("ProducerPerformance", arguments);
        Matcher matcher = PRODUCED.matcher(output.text);
        // The last such line is the sum.
        boolean found = matcher.find();
        int last = 0;
        for (boolean more = found; more; more = matcher.find()) {
            last = matcher.start();
        }
        if (!found || !matcher.find(last)) {
            throw new IOException("ProducerPerformance failed:\n" + output.text);
        }
        double rate = Double.parseDouble(matcher.group(2));
        return new Figure(
                rate, rate, Double.parseDouble(matcher.group(4)), Double.parseDouble(matcher.group(5)), output.cpu);
    }

    /// @return megabytes a second while fetching
    Figure consume(String address, String topic, long records) throws IOException, InterruptedException {
        Output output = run(
                "ConsumerPerformance",
                List.of(
                        "--bootstrap-server",
                        address,
                        "--topic",
                        topic,
                        "--num-records",
                        Long.toString(records),
                        "--timeout",
                        "60000",
                        "--hide-header",
                        "--group",
                        "bench-" + System.nanoTime()));
        for (String line : output.text.lines().toList()) {
            String[] cells = line.split(",", -1);
            if (cells.length >= 10) {
                return new Figure(
                        Double.parseDouble(cells[8].trim()),
                        Double.parseDouble(cells[3].trim()),
                        Double.NaN,
                        Double.NaN,
                        output.cpu);
            }
        }
        throw new IOException("ConsumerPerformance failed:\n" + output.text);
    }

    /// From producer to consumer and back in one process, one record at a time.
    Latency latency(String address, String topic, int records, String acks) throws IOException, InterruptedException {
        Output output = run("EndToEndLatency", List.of(address, topic, Integer.toString(records), acks, "100"));
        Matcher matcher = LATENCY.matcher(output.text);
        if (!matcher.find()) {
            throw new IOException("EndToEndLatency failed:\n" + output.text);
        }
        return new Latency(
                Double.parseDouble(matcher.group(1)),
                Double.parseDouble(matcher.group(2)),
                Double.parseDouble(matcher.group(3)));
    }

    private record Output(String text, double cpu) {}

    private Output run(String program, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                KafkaServer.java(), "-Xmx512m", "-XX:+UseSerialGC", "-cp", libraries + "/*", PACKAGE + program));
        command.addAll(arguments);
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        running = process;
        // Its CPU time can be asked for as long as it runs, so that is done all the time.
        var cpu = new double[1];
        var watch = Thread.ofVirtual().start(() -> watch(process, cpu));
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        watch.join();
        running = null;
        return new Output(text, cpu[0]);
    }

    private static void watch(Process process, double[] cpu) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AT_MOST_SECONDS);
        try {
            while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                cpu[0] = Math.max(cpu[0], Proc.cpuSeconds(process.pid()));
                if (System.nanoTime() > end) {
                    process.destroyForcibly();
                }
            }
        } catch (InterruptedException | RuntimeException e) {
            // It has ended between the two calls.
        }
    }

    /// Ends the program that runs now.
    @Override
    public void close() {
        Process now = running;
        if (now != null) {
            now.destroyForcibly();
        }
    }
}
