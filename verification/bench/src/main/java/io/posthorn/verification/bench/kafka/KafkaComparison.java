package io.posthorn.verification.bench.kafka;

import io.posthorn.verification.bench.Figures;
import io.posthorn.verification.bench.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/// Both servers in one run, each case on one and then on the other, by Kafka's own programs.
public final class KafkaComparison {
    private static final List<String> UNBATCHED = List.of("batch.size=1", "linger.ms=0");

    private final List<KafkaServer> servers;
    private final KafkaLoads loads;
    private final boolean full;
    private final String only;
    private int topics;

    private KafkaComparison(List<KafkaServer> servers, KafkaLoads loads, boolean full, String only) {
        this.servers = servers;
        this.loads = loads;
        this.full = full;
        this.only = only;
    }

    /// @param launcher of Posthorn
    /// @param brokerJars of Apache Kafka
    /// @param toolJars of its tools
    /// @param full for as long as figures need, or just long enough to see that everything works
    /// @param only cases whose name holds this
    public static void run(Path launcher, Path brokerJars, Path toolJars, Path directory, boolean full, String only)
            throws IOException, InterruptedException {
        try (var kafka = KafkaServer.apache(brokerJars, Files.createDirectory(directory.resolve("kafka")));
                var posthorn = KafkaServer.posthorn(launcher, Files.createDirectory(directory.resolve("posthorn")))) {
            var all = new KafkaComparison(List.of(kafka, posthorn), new KafkaLoads(toolJars), full, only);
            all.run();
        }
    }

    private void run() throws IOException, InterruptedException {
        start();
        warmUp();
        client();
        produce();
        catchUp();
        latency();
        manyPartitions();
        memory();
    }

    private boolean isWanted(String name) {
        return name.contains(only);
    }

    private long records(long inFull) {
        return full ? inFull : Math.max(500, inFull / 50);
    }

    private void start() throws IOException, InterruptedException {
        if (!isWanted("start")) {
            return;
        }
        System.out.println(Figures.head("start", "first s", "again s", "idle RSS MB"));
        for (KafkaServer server : servers) {
            double first = server.readySeconds();
            server.restart();
            System.out.println(
                    Figures.row(server.name(), first, server.readySeconds(), Proc.residentMegabytes(server.pid())));
        }
        System.out.println();
    }

    private void warmUp() throws IOException, InterruptedException {
        for (KafkaServer server : servers) {
            System.err.println("bench: warm-up, " + server.name());
            loads.produce(server.address(), topic(server, 1, Map.of()), records(2_000_000), 100, List.of());
        }
    }

    /// What the client does when nobody is slower.
    private void client() throws IOException, InterruptedException {
        if (!isWanted("client alone")) {
            return;
        }
        System.out.println(
                Figures.head("client alone, against a server that does nothing", "records/s", "load CPU s/M"));
        try (var nobody = new NullKafka()) {
            String address = "127.0.0.1:" + nobody.port();
            long many = records(10_000_000);
            var batched = loads.produce(address, "t", many, 100, List.of());
            System.out.println(Figures.row("100 B", batched.rate(), batched.loadCpu() / (many / 1e6)));
            long few = records(500_000);
            var unbatched = loads.produce(address, "t", few, 100, UNBATCHED);
            System.out.println(Figures.row("100 B, unbatched", unbatched.rate(), unbatched.loadCpu() / (few / 1e6)));
        }
        System.out.println();
    }

    private record Produce(
            String name, int size, int partitions, long records, List<String> properties, Map<String, String> config) {}

    private void produce() throws IOException, InterruptedException {
        System.out.println(Figures.head(
                "produce", "server", "records/s", "p50 ms", "p99 ms", "server CPU s/M", "load CPU s/M", "to Kafka"));
        for (Produce one : producing()) {
            if (!isWanted(one.name())) {
                continue;
            }
            double kafka = Double.NaN;
            for (KafkaServer server : servers) {
                System.err.println("bench: " + one.name() + ", " + server.name());
                String topic = topic(server, one.partitions(), one.config());
                double cpu = Proc.cpuSeconds(server.pid());
                var figure = loads.produce(server.address(), topic, one.records(), one.size(), one.properties());
                double millions = one.records() / 1e6;
                kafka = Double.isNaN(kafka) ? figure.rate() : kafka;
                System.out.println(Figures.row(
                        one.name(),
                        server.name(),
                        figure.rate(),
                        figure.p50(),
                        figure.p99(),
                        (Proc.cpuSeconds(server.pid()) - cpu) / millions,
                        figure.loadCpu() / millions,
                        figure.rate() / kafka));
                delete(server, topic);
            }
        }
        System.out.println();
    }

    private List<Produce> producing() {
        var all = new ArrayList<Produce>();
        for (int size : new int[] {100, 1024}) {
            for (int partitions : new int[] {1, 12}) {
                for (String acks : new String[] {"1", "all"}) {
                    for (String codec : new String[] {"none", "lz4"}) {
                        all.add(new Produce(
                                "%d B, %d partitions, acks=%s, %s".formatted(size, partitions, acks, codec),
                                size,
                                partitions,
                                records(size == 100 ? 10_000_000 : 2_000_000),
                                producer(acks, codec),
                                Map.of()));
                    }
                }
            }
        }
        for (String acks : new String[] {"1", "all"}) {
            var unbatched = new ArrayList<>(producer(acks, "none"));
            unbatched.addAll(UNBATCHED);
            all.add(new Produce("unbatched, 100 B, acks=" + acks, 100, 1, records(500_000), unbatched, Map.of()));
        }
        Map<String, String> synced = Map.of("flush.messages", "1");
        all.add(new Produce(
                "flush.messages=1, 1024 B, acks=all", 1024, 1, records(500_000), producer("all", "none"), synced));
        all.add(new Produce(
                "flush.messages=1, 100 B, 12 partitions, acks=all",
                100,
                12,
                records(2_000_000),
                producer("all", "none"),
                synced));
        return all;
    }

    private static List<String> producer(String acks, String codec) {
        return List.of("acks=" + acks, "compression.type=" + codec);
    }

    private void catchUp() throws IOException, InterruptedException {
        if (!isWanted("catch-up")) {
            return;
        }
        long records = records(2_000_000);
        System.out.println(Figures.head("catch-up, 1 KiB, " + records, "MB/s", "server CPU s/GB", "load CPU s/GB"));
        for (KafkaServer server : servers) {
            System.err.println("bench: catch-up, " + server.name());
            String topic = topic(server, 1, Map.of());
            loads.produce(server.address(), topic, records, 1024, List.of());
            double cpu = Proc.cpuSeconds(server.pid());
            var figure = loads.consume(server.address(), topic, records);
            double gigabytes = records * 1024 / 1e9;
            System.out.println(Figures.row(
                    server.name(),
                    figure.rate(),
                    (Proc.cpuSeconds(server.pid()) - cpu) / gigabytes,
                    figure.loadCpu() / gigabytes));
            delete(server, topic);
        }
        System.out.println();
    }

    private void latency() throws IOException, InterruptedException {
        if (!isWanted("latency")) {
            return;
        }
        System.out.println(Figures.head("end-to-end latency, 100 B, one at a time", "acks", "p50 ms", "p99 ms"));
        for (String acks : new String[] {"1", "all"}) {
            for (KafkaServer server : servers) {
                String topic = topic(server, 1, Map.of());
                var figure = loads.latency(server.address(), topic, (int) records(20_000), acks);
                System.out.println(Figures.row(server.name(), acks, figure.p50(), figure.p99()));
            }
        }
        System.out.println();
    }

    private void manyPartitions() throws IOException, InterruptedException {
        if (!isWanted("1,000 partitions")) {
            return;
        }
        System.out.println(Figures.head("1,000 partitions, 100 B", "created in s", "records/s", "p99 ms", "RSS MB"));
        for (KafkaServer server : servers) {
            System.err.println("bench: 1,000 partitions, " + server.name());
            long begin = System.nanoTime();
            String topic = topic(server, 1_000, Map.of());
            double seconds = (System.nanoTime() - begin) / 1e9;
            var figure = loads.produce(server.address(), topic, records(5_000_000), 100, List.of());
            System.out.println(Figures.row(
                    server.name(), seconds, figure.rate(), figure.p99(), Proc.residentMegabytes(server.pid())));
        }
        System.out.println();
    }

    private void memory() {
        System.out.println(Figures.head("after all that", "RSS MB", "peak RSS MB"));
        for (KafkaServer server : servers) {
            System.out.println(Figures.row(
                    server.name(), Proc.residentMegabytes(server.pid()), Proc.peakResidentMegabytes(server.pid())));
        }
    }

    private String topic(KafkaServer server, int partitions, Map<String, String> config)
            throws IOException, InterruptedException {
        String name = "bench-" + topics++;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", server.address()))) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(config)))
                    .all()
                    .get();
            return name;
        } catch (ExecutionException e) {
            throw new IOException("a topic could not be created on " + server.name(), e);
        }
    }

    private static void delete(KafkaServer server, String topic) throws IOException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", server.address()))) {
            admin.deleteTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            throw new IOException("a topic could not be deleted on " + server.name(), e);
        }
    }
}
