package io.posthorn.verification.bench.kafka;

import io.posthorn.verification.bench.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// All servers in one run, each case on one and then on the other, by Kafka's own programs.
public final class KafkaComparison implements AutoCloseable {
    private final List<KafkaServer> servers = new ArrayList<>();
    private final KafkaLoads loads;
    private final Wish wish;
    private final KafkaResults results;

    /// What is asked for.
    ///
    /// @param only cases whose name holds this
    /// @param rounds at most: as many as there is time for
    /// @param output where tables go, after each case
    public record Wish(Scale scale, String only, int rounds, Path output) {}

    /// What runs.
    ///
    /// @param launcher of Posthorn
    /// @param baseline of another working copy of it
    /// @param libraries of Apache Kafka, and of its tools, each in a directory of its own
    public record Programs(Path launcher, @Nullable Path baseline, Path libraries) {
        Path broker() {
            return libraries.resolve("broker");
        }

        Path tools() {
            return libraries.resolve("tools");
        }
    }

    public KafkaComparison(Programs programs, Wish wish) {
        this.loads = new KafkaLoads(programs.tools());
        this.wish = wish;
        this.results = new KafkaResults(wish.output());
    }

    /// @param directory for what the servers keep
    public void run(Programs programs, Path directory) throws IOException, InterruptedException {
        start(programs, directory);
        var cases = new KafkaCases(loads, wish.scale());
        for (KafkaServer server : servers) {
            say("warm-up, " + server.name());
            cases.warmUp(server);
        }
        long deadline =
                System.nanoTime() + TimeUnit.MINUTES.toNanos(wish.scale().minutes());
        boolean hasTime = true;
        for (int round = 0; hasTime && round < wish.rounds(); round++) {
            hasTime = round(cases.all(), round, deadline);
        }
        System.out.println(results);
        say("written to " + wish.output());
    }

    private void start(Programs programs, Path directory) throws IOException, InterruptedException {
        servers.add(KafkaServer.apache(programs.broker(), Files.createDirectory(directory.resolve("kafka"))));
        Path baseline = programs.baseline();
        if (baseline != null) {
            servers.add(posthorn("Posthorn before", baseline, directory, "before"));
        }
        servers.add(posthorn("Posthorn", programs.launcher(), directory, "posthorn"));
    }

    /// The launcher may have to build first: what is counted is the second start, in a directory that is new.
    private static KafkaServer posthorn(String name, Path launcher, Path directory, String in)
            throws IOException, InterruptedException {
        KafkaServer.posthorn(name, launcher, Files.createDirectory(directory.resolve(in + "-built")))
                .close();
        return KafkaServer.posthorn(name, launcher, Files.createDirectory(directory.resolve(in)));
    }

    /// @return whether there was time for all
    private boolean round(List<KafkaCase> cases, int round, long deadline) throws IOException, InterruptedException {
        for (KafkaCase one : cases) {
            boolean isOnce = one.kind() == Kind.START;
            if (!one.name().contains(wish.only()) || (isOnce && round > 0)) {
                continue;
            }
            if (System.nanoTime() > deadline) {
                results.note("no time was left in round %d, from \"%s\" on".formatted(round + 1, one.name()));
                return false;
            }
            run(one);
        }
        return true;
    }

    private void run(KafkaCase one) throws IOException, InterruptedException {
        for (KafkaServer server : one.kind() == Kind.CLIENT ? servers.subList(0, 1) : servers) {
            say(one.name() + ", " + server.name());
            double others = Proc.busySeconds();
            long begin = System.nanoTime();
            try {
                results.add(
                        one,
                        one.kind() == Kind.CLIENT ? "nobody" : server.name(),
                        one.load().on(server));
                say("%.0f s, %.1f processors busy"
                        .formatted(
                                (System.nanoTime() - begin) / 1e9,
                                (Proc.busySeconds() - others) / ((System.nanoTime() - begin) / 1e9)));
            } catch (IOException failure) {
                // One case that fails is not to cost all the others.
                results.note("%s, %s: failed: %s".formatted(one.name(), server.name(), failure.getMessage()));
                say("failed: " + failure.getMessage());
            }
        }
    }

    private static void say(String what) {
        System.err.println("bench: " + what);
    }

    /// Ends everything that was started, by its process id.
    @Override
    public void close() {
        loads.close();
        servers.forEach(KafkaServer::close);
    }
}
