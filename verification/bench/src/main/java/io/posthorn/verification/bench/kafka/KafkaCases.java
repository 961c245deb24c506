package io.posthorn.verification.bench.kafka;

import io.posthorn.verification.bench.Proc;
import java.io.FileWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Everything that the two servers are compared by.
final class KafkaCases {
    private static final List<String> UNBATCHED = List.of("batch.size=1", "linger.ms=0");
    private static final Map<String, String> SYNCED = Map.of("flush.messages", "1");
    private static final int KIB = 1024;
    private static final double MILLION = 1e6;

    /// So much is written before somebody reads it.
    private static final long BACKLOG_RECORDS = 2_000_000;

    private final KafkaLoads loads;
    private final Scale scale;
    private int topics;

    KafkaCases(KafkaLoads loads, Scale scale) {
        this.loads = loads;
        this.scale = scale;
    }

    /// In the order in which they are run.
    List<KafkaCase> all() {
        var all = new ArrayList<KafkaCase>();
        all.add(new KafkaCase(Kind.START, "readiness", KafkaCases::start));
        produce(all);
        unbatched(all);
        synced(all);
        for (int partitions : new int[] {1, 12}) {
            catchUp(all, partitions);
        }
        for (String acks : new String[] {"1", "all"}) {
            all.add(new KafkaCase(Kind.LATENCY, "latency, acks=" + acks, server -> latency(server, acks)));
        }
        manyPartitions(all);
        all.add(new KafkaCase(
                Kind.MEMORY, "memory", server -> figures(residentMegabytes(server), peakMegabytes(server))));
        return all;
    }

    /// A JVM that has not worked yet is not what anybody wants to know.
    void warmUp(KafkaServer server) throws IOException, InterruptedException {
        String topic = topic(server, 1, Map.of());
        long records = scale.of(1_000_000);
        loads.produce(server.address(), topic, records, 100, List.of());
        loads.consume(server.address(), topic, records);
        delete(server, topic);
    }

    private static double[] start(KafkaServer server) throws IOException, InterruptedException {
        double first = server.readySeconds();
        server.restart();
        double again = server.readySeconds();
        Thread.sleep(2_000);
        double memory = residentMegabytes(server);
        double cpu = Proc.cpuSeconds(server.pid());
        Thread.sleep(5_000);
        return figures(first, again, memory, (Proc.cpuSeconds(server.pid()) - cpu) / 5 * 100);
    }

    // ---- Producing

    private void produce(List<KafkaCase> all) {
        for (int size : new int[] {100, KIB}) {
            for (int partitions : new int[] {1, 12}) {
                for (String acks : new String[] {"1", "all"}) {
                    for (String codec : new String[] {"none", "lz4"}) {
                        String name = "%d B, %d partition%s, acks=%s, %s"
                                .formatted(size, partitions, partitions == 1 ? "" : "s", acks, codec);
                        long records = scale.of(size == KIB ? 400_000 : 2_500_000);
                        all.add(producing(name, size, partitions, records, producer(acks, codec), Map.of()));
                    }
                }
            }
        }
    }

    /// One record a request: first what the client does when nobody is slower.
    private void unbatched(List<KafkaCase> all) {
        long records = scale.of(100_000);
        for (String acks : new String[] {"1", "all"}) {
            var properties = new ArrayList<>(producer(acks, "none"));
            properties.addAll(UNBATCHED);
            String name = "unbatched, 100 B, acks=" + acks;
            all.add(new KafkaCase(Kind.CLIENT, name + ", client alone", _ -> alone(records, properties)));
            all.add(producing(name, 100, 1, records, properties, Map.of()));
        }
    }

    private void synced(List<KafkaCase> all) {
        List<String> properties = producer("all", "none");
        all.add(producing(
                "flush.messages=1, 1024 B, 1 partition, acks=all", KIB, 1, scale.of(200_000), properties, SYNCED));
        all.add(producing(
                "flush.messages=1, 100 B, 12 partitions, acks=all", 100, 12, scale.of(500_000), properties, SYNCED));
        var unbatched = new ArrayList<>(properties);
        unbatched.addAll(UNBATCHED);
        all.add(producing("flush.messages=1, unbatched, 100 B, acks=all", 100, 1, scale.of(50_000), unbatched, SYNCED));
    }

    private static List<String> producer(String acks, String codec) {
        return List.of("acks=" + acks, "compression.type=" + codec);
    }

    private KafkaCase producing(
            String name,
            int size,
            int partitions,
            long records,
            List<String> properties,
            Map<String, String> topicConfig) {
        return new KafkaCase(Kind.PRODUCE, name, server -> {
            String topic = topic(server, partitions, topicConfig);
            double[] figures = producing(server, topic, size, records, properties);
            delete(server, topic);
            return figures;
        });
    }

    private double[] producing(KafkaServer server, String topic, int size, long records, List<String> properties)
            throws IOException, InterruptedException {
        double cpu = Proc.cpuSeconds(server.pid());
        var figure = loads.produce(server.address(), topic, records, size, properties);
        double millions = records / MILLION;
        return figures(
                figure.rate(),
                figure.p50(),
                figure.p99(),
                (Proc.cpuSeconds(server.pid()) - cpu) / millions,
                figure.loadCpu() / millions,
                residentMegabytes(server));
    }

    private double[] alone(long records, List<String> properties) throws IOException, InterruptedException {
        try (var nobody = new NullKafka()) {
            var figure = loads.produce("127.0.0.1:" + nobody.port(), "t", records, 100, properties);
            return figures(figure.rate(), figure.loadCpu() / (records / MILLION));
        }
    }

    // ---- Reading

    /// Written once, read from the disk first, and then from where the kernel still has it.
    private void catchUp(List<KafkaCase> all, int partitions) {
        var backlogs = new Backlogs(partitions);
        String name = "%d partition%s".formatted(partitions, partitions == 1 ? "" : "s");
        if (canDropPages()) {
            all.add(new KafkaCase(Kind.CATCH_UP, "catch-up, " + name + ", from the disk", server -> {
                backlogs.topicOf(server);
                dropPages();
                return backlogs.read(server);
            }));
        }
        all.add(new KafkaCase(Kind.CATCH_UP, "catch-up, " + name + ", pages cached", server -> {
            double[] figures = backlogs.read(server);
            backlogs.delete(server);
            return figures;
        }));
    }

    /// A topic for each server that somebody is to catch up with.
    private final class Backlogs {
        private final int partitions;
        private final long records = scale.of(BACKLOG_RECORDS);
        private final Map<KafkaServer, String> topics = new HashMap<>();

        Backlogs(int partitions) {
            this.partitions = partitions;
        }

        String topicOf(KafkaServer server) throws IOException, InterruptedException {
            String known = topics.get(server);
            if (known != null) {
                return known;
            }
            String topic = topic(server, partitions, Map.of());
            loads.produce(server.address(), topic, records, KIB, List.of("acks=1"));
            // What is written behind the answer is to be written before anybody reads.
            Thread.sleep(2_000);
            topics.put(server, topic);
            return topic;
        }

        double[] read(KafkaServer server) throws IOException, InterruptedException {
            String topic = topicOf(server);
            double cpu = Proc.cpuSeconds(server.pid());
            var figure = loads.consume(server.address(), topic, records);
            double gigabytes = records * KIB / 1e9;
            return figures(
                    figure.rate(),
                    figure.rateInAll(),
                    (Proc.cpuSeconds(server.pid()) - cpu) / gigabytes,
                    figure.loadCpu() / gigabytes,
                    residentMegabytes(server));
        }

        void delete(KafkaServer server) throws IOException, InterruptedException {
            String topic = topics.remove(server);
            if (topic != null) {
                KafkaCases.delete(server, topic);
            }
        }
    }

    private static boolean canDropPages() {
        return Files.isWritable(Path.of("/proc/sys/vm/drop_caches"));
    }

    private static void dropPages() throws IOException, InterruptedException {
        new ProcessBuilder("sync").start().waitFor();
        try (var control = new FileWriter("/proc/sys/vm/drop_caches", StandardCharsets.US_ASCII)) {
            control.write("1");
        }
    }

    private double[] latency(KafkaServer server, String acks) throws IOException, InterruptedException {
        String topic = topic(server, 1, Map.of());
        int records = (int) scale.of(5_000);
        double cpu = Proc.cpuSeconds(server.pid());
        var figure = loads.latency(server.address(), topic, records, acks);
        double cpuPerMillion = (Proc.cpuSeconds(server.pid()) - cpu) / (records / MILLION);
        delete(server, topic);
        return figures(figure.average(), figure.p50(), figure.p99(), cpuPerMillion);
    }

    private void manyPartitions(List<KafkaCase> all) {
        Map<KafkaServer, String> created = new HashMap<>();
        long records = scale.of(1_000_000);
        all.add(new KafkaCase(Kind.CREATE, "1,000 partitions, create", server -> {
            long begin = System.nanoTime();
            created.put(server, topic(server, 1_000, Map.of()));
            return figures((System.nanoTime() - begin) / 1e9, residentMegabytes(server));
        }));
        all.add(new KafkaCase(
                Kind.PRODUCE,
                "1,000 partitions, 100 B, acks=all",
                server -> producing(server, manyOf(server, created), 100, records, producer("all", "none"))));
        all.add(new KafkaCase(Kind.CATCH_UP, "1,000 partitions, 100 B", server -> {
            String topic = manyOf(server, created);
            double cpu = Proc.cpuSeconds(server.pid());
            var figure = loads.consume(server.address(), topic, records);
            double gigabytes = records * 100 / 1e9;
            double[] figures = figures(
                    figure.rate(),
                    figure.rateInAll(),
                    (Proc.cpuSeconds(server.pid()) - cpu) / gigabytes,
                    figure.loadCpu() / gigabytes,
                    residentMegabytes(server));
            delete(server, topic);
            created.remove(server);
            return figures;
        }));
    }

    private String manyOf(KafkaServer server, Map<KafkaServer, String> created)
            throws IOException, InterruptedException {
        String known = created.get(server);
        if (known == null) {
            known = topic(server, 1_000, Map.of());
            created.put(server, known);
        }
        return known;
    }

    // ---- What all need

    private static double[] figures(double... all) {
        return all;
    }

    private static double residentMegabytes(KafkaServer server) {
        return Proc.residentMegabytes(server.pid());
    }

    private static double peakMegabytes(KafkaServer server) {
        return Proc.peakResidentMegabytes(server.pid());
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
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw new IOException("a topic could not be deleted on " + server.name(), e);
            }
        }
    }
}
