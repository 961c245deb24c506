package io.posthorn.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.log.Bytes;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.Snapshots.SnapshotWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private static final List<String> EXCHANGES = List.of("x0", "x1", "x2", "x3", "amq.topic", "amq.headers");
    private static final List<String> KEYS = List.of("", "a", "a.*", "#");

    /// What of a topology survives a restart, as plain values.
    private record Durable(
            Set<String> hosts, Set<ExchangeSpec> exchanges, Set<QueueFacts> queues, Set<BindingSpec> bindings) {
        private record QueueFacts(
                QueueSpec spec, LogId log, @Nullable String pausedBecause) {}

        static Durable of(Topology topology) {
            var exchanges = new LinkedHashSet<ExchangeSpec>();
            var queues = new LinkedHashSet<QueueFacts>();
            var bindings = new LinkedHashSet<BindingSpec>();
            for (VirtualHost host : topology.virtualHosts().values()) {
                host.exchanges().values().stream()
                        .map(Exchange::spec)
                        .filter(ExchangeSpec::durable)
                        .forEach(exchanges::add);
                host.queues().values().stream()
                        .filter(QueueEntry::survivesRestart)
                        .forEach(queue -> queues.add(
                                new QueueFacts(queue.spec(), queue.log(), host.pausedBecause(queue.name()))));
                host.bindings().stream()
                        .map(Binding::spec)
                        .filter(spec -> Cascade.survivesRestart(host, spec))
                        .forEach(bindings::add);
            }
            return new Durable(topology.virtualHosts().keySet(), exchanges, queues, bindings);
        }
    }

    @Property(tries = 500, seed = "1")
    void aRestartFindsTheTopologyWhereverTheSnapshotWasTaken(
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 60) int before,
            @ForAll @IntRange(min = 1, max = 9) int slice) {
        var random = new Random(seed);
        var world = new ManagerWorld();
        for (int i = 0; i < before; i++) {
            act(world, random);
        }
        int begin = world.journal.entries.size();
        world.manager.snapshot(world.journal, slice);
        while (world.journal.snapshotsDone() == 0) {
            act(world, random);
            world.executor.runOne();
        }
        int done = world.journal.entries.size();
        for (int i = 0; i < 20; i++) {
            act(world, random);
        }
        for (int end = done; end <= world.journal.end(); end++) {
            var replayed = world.journal.recover(0, end);
            var restored = world.journal.recover(begin, end);
            assertThat(Durable.of(restored)).isEqualTo(Durable.of(replayed));
            assertThat(restored.nextLog()).isEqualTo(replayed.nextLog());
        }
        world.sync();
        assertThat(Durable.of(world.recovered())).isEqualTo(Durable.of(world.manager.current()));
        assertThat(world.recovered().nextLog())
                .isEqualTo(world.manager.current().nextLog());
    }

    private static void act(ManagerWorld world, Random random) {
        String exchange = EXCHANGES.get(random.nextInt(4));
        String queue = "q" + random.nextInt(6);
        switch (random.nextInt(11)) {
            case 0, 1 ->
                world.exchange(exchange, one(random, List.of("direct", "topic", "fanout")), flags(random, "ta"));
            case 2, 3 -> world.declare(queue, flags(random, "txa"));
            case 4, 5, 6 -> world.bind(binding(random, queue));
            case 7 -> world.unbind(binding(random, queue));
            case 8 -> {
                var entry = world.host().queue(queue);
                if (entry != null) {
                    world.delete(entry);
                }
            }
            case 9 -> pauseOrResume(world, queue, random);
            default -> {
                switch (random.nextInt(3)) {
                    case 0 -> world.deleteExchange(exchange, false);
                    case 1 -> world.endSession(ManagerWorld.ALICE);
                    default -> world.sync();
                }
            }
        }
    }

    private static void pauseOrResume(ManagerWorld world, String queue, Random random) {
        var entry = world.host().queue(queue);
        if (entry == null) {
            return;
        }
        if (random.nextInt(3) > 0) {
            world.manager.pauseQueue(entry, "reason " + random.nextInt(3), new Answer<>());
        } else {
            world.manager.resumeQueue(entry, new Answer<>());
        }
    }

    private static BindingSpec binding(Random random, String queue) {
        String source = one(random, EXCHANGES);
        String key = one(random, KEYS);
        return random.nextInt(3) == 0
                ? ManagerWorld.toExchange(source, one(random, EXCHANGES), key)
                : ManagerWorld.toQueue(
                        source,
                        queue,
                        key,
                        random.nextBoolean()
                                ? ManagerWorld.arguments()
                                : ManagerWorld.arguments("h", random.nextInt(2), "x-match", "any"));
    }

    private static String flags(Random random, String possible) {
        return random.nextBoolean() ? "" : possible.charAt(random.nextInt(possible.length())) + "";
    }

    private static String one(Random random, List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    @Test
    void aSnapshotOfManyEntitiesIsManyChunks() {
        var world = new ManagerWorld();
        for (int i = 0; i < 5_000; i++) {
            world.declare("a queue with a name of some length, number " + i);
        }
        world.sync();
        int begin = world.journal.entries.size();
        world.manager.snapshot(world.journal);
        world.executor.runAll();
        world.sync();
        assertThat(world.journal.snapshotsDone()).isOne();
        assertThat(world.journal.entries.subList(begin, world.journal.entries.size()))
                .hasSizeGreaterThan(5)
                .allSatisfy(chunk -> assertThat(chunk.bytes().length()).isLessThan(128 * 1024));
        assertThat(Durable.of(world.journal.recover(begin, world.journal.end())))
                .isEqualTo(Durable.of(world.manager.current()));
    }

    @Test
    void aSnapshotIsGivenUpWhenTheJournalIs() {
        var world = new ManagerWorld();
        world.manager.snapshot(new SnapshotWriter() {
            @Override
            public void chunk(int machine, Bytes chunk) {
                throw new LogException.Poisoned("sync failed", null);
            }

            @Override
            public void done(int machine) {
                throw new AssertionError("it is not");
            }
        });
        world.executor.runAll();
        assertThat(world.executor.runOne()).isFalse();
    }
}
