package io.posthorn.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.AdminChange.PutVirtualHost;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Policy.ApplyTo;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.log.Bytes;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.Snapshots.SnapshotWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
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
            Set<VirtualHostSpec> hosts,
            Set<ExchangeSpec> exchanges,
            Set<QueueFacts> queues,
            Set<BindingSpec> bindings,
            List<Object> decisions) {
        private record QueueFacts(
                QueueSpec spec,
                List<LogId> logs,
                Map<String, String> config,
                Map<String, List<CursorPart>> cursors,
                @Nullable String pausedBecause) {
            static QueueFacts of(VirtualHost host, QueueEntry queue) {
                var topic = host.topics().get(queue.name());
                return new QueueFacts(
                        queue.spec(),
                        host.queuesNamed(queue.name()).stream()
                                .map(QueueEntry::log)
                                .toList(),
                        topic == null ? Map.of() : topic.config(),
                        host.cursorsOf(queue.name()).entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey,
                                        each -> each.getValue().stream()
                                                .map(QueueEntry::asCursor)
                                                .toList())),
                        host.pausedBecause(queue.name()));
            }
        }

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
                        .forEach(queue -> queues.add(QueueFacts.of(host, queue)));
                queues.forEach(queue -> checkIndexes(host, queue));
                host.bindings().stream()
                        .map(Binding::spec)
                        .filter(spec -> Cascade.survivesRestart(host, spec))
                        .forEach(bindings::add);
            }
            var hosts = topology.virtualHosts().values().stream()
                    .map(VirtualHost::spec)
                    .collect(Collectors.toSet());
            return new Durable(hosts, exchanges, queues, bindings, decisions(topology));
        }

        private static void checkIndexes(VirtualHost host, QueueFacts queue) {
            var topic = host.seenTopic(queue.logs.getFirst().value());
            if (topic != null && topic.name().equals(queue.spec.name())) {
                assertThat(topic.entries())
                        .allMatch(host::has)
                        .extracting(QueueEntry::index)
                        .isSorted();
                assertThat(host.seenTopics()).contains(topic);
            }
        }

        private static List<Object> decisions(Topology topology) {
            var rights = topology.rights();
            var settings = topology.settings();
            return List.of(
                    rights.begun(),
                    rights.users(),
                    rights.permissions(),
                    rights.topicPermissions(),
                    rights.limits(),
                    settings.policies(),
                    settings.parameters(),
                    settings.limits());
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
        switch (random.nextInt(18)) {
            case 17 -> changeCursor(world, queue, random);
            case 14 -> world.createTopic(queue, 1 + random.nextInt(3), Map.of("k", "" + random.nextInt(3)));
            case 15, 16 -> changeTopic(world, queue, random);
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
            case 10, 11, 12 -> world.manager.decide(List.of(decision(random), decision(random)), new Answer<>());
            default -> {
                switch (random.nextInt(3)) {
                    case 0 -> world.deleteExchange(exchange, false);
                    case 1 -> world.endSession(ManagerWorld.ALICE);
                    default -> world.sync();
                }
            }
        }
    }

    private static void changeCursor(ManagerWorld world, String name, Random random) {
        var topic = world.host().seenTopic(name);
        String cursor = "c" + random.nextInt(2);
        if (topic != null && random.nextInt(3) > 0) {
            world.manager.declareCursor(topic.head(), cursor, List.of(random.nextLong(5)), new Answer<>());
        } else if (topic != null) {
            world.manager.deleteCursor(topic.head(), cursor, new Answer<>());
        }
    }

    private static void changeTopic(ManagerWorld world, String name, Random random) {
        var topic = world.host().seenTopic(name);
        if (topic != null && random.nextBoolean()) {
            world.addPartitions(topic, topic.size() + 1 + random.nextInt(3));
        } else if (topic != null) {
            world.configure(topic, Map.of("k", "" + random.nextInt(3), "l", "v"));
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

    private static AdminChange decision(Random random) {
        String host = one(random, List.of("h1", "h2", "h3"));
        String user = one(random, List.of("u1", "u2", "u3", "guest"));
        String name = "n" + random.nextInt(3);
        var kind = one(random, List.of(Policy.Kind.USER, Policy.Kind.OPERATOR));
        String some = one(random, List.of("a", "b", ".*"));
        return switch (random.nextInt(20)) {
            case 0, 1, 2 ->
                new PutVirtualHost(new VirtualHostSpec(host, some, List.of(name), null, false, random.nextBoolean()));
            case 3 -> new AdminChange.DeleteVirtualHost(host);
            case 4, 5, 6 -> new AdminChange.PutUser(new UserSpec(user, null, Set.of(some)));
            case 7 -> new AdminChange.DeleteUser(user);
            case 8, 9 -> new AdminChange.SetPermissions(user, host, new PermissionPatterns(some, some, some));
            case 10 -> new AdminChange.ClearPermissions(user, host);
            case 11 -> new AdminChange.SetTopicPermissions(user, host, name, new TopicPatterns(some, some));
            case 12 -> new AdminChange.ClearTopicPermissions(user, host, random.nextBoolean() ? name : null);
            case 13 ->
                new AdminChange.PutPolicy(
                        new Policy(kind, host, name, some, ApplyTo.ALL, 1, ManagerWorld.arguments("max-length", 1L)));
            case 14 -> new AdminChange.DeletePolicy(kind, host, name);
            case 15 ->
                new AdminChange.PutParameter(new Parameter(random.nextBoolean() ? host : null, some, name, some));
            case 16 -> new AdminChange.DeleteParameter(random.nextBoolean() ? host : null, some, name);
            case 17 -> new AdminChange.SetVirtualHostLimit(host, "max-queues", 100 + random.nextInt(3));
            case 18 -> new AdminChange.SetUserLimit(user, "max-channels", random.nextInt(3));
            default ->
                new AdminChange.DeclareQueue(
                        host, new QueueSpec(name, random.nextBoolean(), false, false, Arguments.NONE));
        };
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

    private static <T> T one(Random random, List<T> choices) {
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
        var failed = new ArrayList<Integer>();
        world.manager.snapshot(new SnapshotWriter() {
            @Override
            public void chunk(int machine, Bytes chunk) {
                throw new LogException.Poisoned("sync failed", null);
            }

            @Override
            public void done(int machine) {
                throw new AssertionError("it is not");
            }

            @Override
            public void failed(int machine) {
                failed.add(machine);
            }
        });
        world.executor.runAll();
        assertThat(world.executor.runOne()).isFalse();
        assertThat(failed).containsExactly(TopologyRecovery.MACHINE);
    }
}
