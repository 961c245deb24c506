package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.log.Bytes;
import io.posthorn.log.LogId;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/// What routing and changing cost with many queues, in CPU time. Run by hand; prints, and asserts nothing.
final class TopologyMeasurements {
    private static final int QUEUES = 100_000;
    private static final int ROUTES = 2_000_000;
    private static final String[] NAMES = names();

    private long checksum;

    public static void main(String[] arguments) {
        new TopologyMeasurements().run();
    }

    private void run() {
        var topology = Topology.EMPTY.apply(new TopologyChange.VirtualHostPut(VirtualHostSpec.named("/")));
        long before = usedBytes();
        topology = grow("declare", topology, TopologyMeasurements::declare);
        topology = grow("bind to amq.direct", topology, i -> bind("amq.direct", i, NAMES[i]));
        topology = grow("bind to amq.topic", topology, i -> bind("amq.topic", i, "a." + NAMES[i] + ".*"));
        System.out.printf("a queue with two bindings: %,d bytes of heap%n", (usedBytes() - before) / QUEUES);

        topology = topology.apply(bind("amq.topic", 0, "b.#"));
        measure("route, default exchange", topology, "", i -> NAMES[i]);
        measure("route, direct", topology, "amq.direct", i -> NAMES[i]);
        measure("route, topic", topology, "amq.topic", i -> "a." + NAMES[i] + ".x");
        measure("route, topic with #", topology, "amq.topic", i -> "b." + NAMES[i] + ".x");

        shrink(topology);
        recover(topology);
        System.out.println("checksum " + checksum);
    }

    private static Topology grow(String what, Topology from, IntFunction<TopologyChange> change) {
        var topology = from;
        long begin = cpuNanos();
        for (int i = 0; i < QUEUES; i++) {
            topology = topology.apply(change.apply(i));
        }
        print(what, cpuNanos() - begin, QUEUES);
        return topology;
    }

    private void measure(String what, Topology topology, String exchange, IntFunction<String> key) {
        // The keys come ready-made, as a decoder would have them.
        var keys = new String[QUEUES];
        for (int i = 0; i < QUEUES; i++) {
            keys[i] = new String(key.apply(i));
        }
        IntUnaryOperator next = i -> (int) ((i * 2_654_435_761L) % QUEUES);
        for (int pass = 0; pass < 3; pass++) {
            long begin = cpuNanos();
            for (int i = 0; i < ROUTES; i++) {
                String routingKey = keys[next.applyAsInt(i)];
                checksum += topology.route("/", exchange, routingKey, List.of(), TestFacts.none())
                        .size();
            }
            if (pass == 2) {
                print(what, cpuNanos() - begin, ROUTES);
            }
        }
    }

    private static void shrink(Topology full) {
        var topology = full;
        long begin = cpuNanos();
        for (int i = 0; i < 20_000; i++) {
            topology = topology.apply(new TopologyChange.QueueDeleted("/", NAMES[i]));
        }
        print("delete with its bindings, of 100,000", cpuNanos() - begin, 20_000);
    }

    private static void recover(Topology topology) {
        var journal = new ListJournal();
        var snapshot = new TopologySnapshot(journal, 1_000);
        var slices = new ArrayList<Long>();
        boolean done = false;
        while (!done) {
            long begin = cpuNanos();
            done = snapshot.writeSlice(topology);
            slices.add(cpuNanos() - begin);
        }
        slices.sort(null);
        System.out.printf(
                "snapshot: %,d bytes in %d slices, median %,d us, longest %,d us%n",
                journal.entries.stream()
                        .mapToLong(entry -> entry.bytes().length())
                        .sum(),
                slices.size(),
                slices.get(slices.size() / 2) / 1_000,
                slices.getLast() / 1_000);
        long begin = cpuNanos();
        int queues = journal.recover(0, journal.end()).queueCount();
        System.out.printf("restored %,d queues in %,d ms%n", queues, (cpuNanos() - begin) / 1_000_000);
    }

    private static TopologyChange declare(int i) {
        // The name of each is an object of its own, as it is when it comes off a wire or a disk.
        String name = Bytes.utf8(NAMES[i]).toUtf8();
        return new TopologyChange.QueueDeclared(
                "/", new QueueSpec(name, true, false, false, Arguments.NONE), new LogId(i + 1), null);
    }

    private static TopologyChange bind(String exchange, int i, String key) {
        return new TopologyChange.Bound("/", ManagerWorld.toQueue(exchange, NAMES[i], key));
    }

    /// Of this thread only, so that a busy machine disturbs less.
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void print(String what, long nanos, int times) {
        System.out.printf("%s: %,d ns%n", what, nanos / times);
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static String[] names() {
        var names = new String[QUEUES];
        for (int i = 0; i < QUEUES; i++) {
            names[i] = "orders.customer-%06d".formatted(i * 7_919L % QUEUES);
        }
        return names;
    }
}
