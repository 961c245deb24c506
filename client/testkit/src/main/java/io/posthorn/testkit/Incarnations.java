package io.posthorn.testkit;

import io.posthorn.embedded.RunningServer;
import io.posthorn.events.spi.Link;
import io.posthorn.remote.RemoteProvider;
import io.posthorn.server.Server;
import io.posthorn.server.Surroundings;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.testkit.Setup.Kind;
import io.posthorn.testkit.Setup.Time;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// The servers of one test broker, one after the other. Changed by the test's thread only.
final class Incarnations {
    /// Small: a crash copies them.
    private static final String JOURNAL_SEGMENT = "4MiB";

    private final Setup setup;
    private final VirtualClock clock;
    private final Activity activity;
    private final List<WatchedLink> links = new CopyOnWriteArrayList<>();
    private int number = 1;
    private volatile Server server;

    Incarnations(Setup setup, VirtualClock clock, Activity activity) {
        this.setup = setup;
        this.clock = clock;
        this.activity = activity;
        this.server = start(Ports.FREE);
    }

    private Server start(Ports ports) {
        return Server.start(config(ports), surroundings());
    }

    /// Where the listeners are; 0 for a port that is free.
    private record Ports(int amqp, int kafka, int management) {
        static final Ports FREE = new Ports(0, 0, 0);

        static Ports of(Server server) {
            return new Ports(port(server.amqpAddress()), port(server.kafkaAddress()), port(server.httpAddress()));
        }

        private static int port(Optional<InetSocketAddress> address) {
            return address.map(InetSocketAddress::getPort).orElse(0);
        }
    }

    private ServerConfig config(Ports ports) {
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("--amqp", listen(ports.amqp()));
        flags.put("--kafka", listen(ports.kafka()));
        flags.put("--http", listen(ports.management()));
        Path all = setup.directory();
        if (all == null) {
            flags.put("--memory", "true");
        } else {
            flags.put("--data", directory(all, number).toString());
        }
        return ServerConfig.read(flags, Map.of("POSTHORN_STORAGE_JOURNAL_SEGMENT", JOURNAL_SEGMENT), Optional.empty());
    }

    private String listen(int port) {
        return setup.kind() == Kind.SERVER ? "127.0.0.1:" + port : "off";
    }

    private Surroundings surroundings() {
        return new Surroundings(
                clock(),
                setup.time() == Time.VIRTUAL ? clock::after : Surroundings.MACHINE.timer(),
                activity::around,
                activity::around,
                activity::around);
    }

    private static Path directory(Path all, int number) {
        return all.resolve("broker-" + number);
    }

    InstantSource clock() {
        return setup.time() == Time.VIRTUAL ? clock : InstantSource.system();
    }

    boolean isBehindNetwork() {
        return setup.kind() == Kind.SERVER;
    }

    Server server() {
        return server;
    }

    Addresses addresses() {
        Ports ports = Ports.of(server);
        return Addresses.of(ports.amqp(), ports.kafka(), ports.management());
    }

    /// Links to the server that runs.
    List<WatchedLink> links() {
        return links;
    }

    /// A new one.
    Link link(Faults faults) {
        Link link = setup.kind() == Kind.SERVER
                ? new RemoteProvider(clock()).open(addresses().uri())
                : new RunningServer(server).open("");
        var watched = new WatchedLink(
                link,
                activity,
                faults,
                setup.time() == Time.VIRTUAL ? (wait, task) -> clock.after(wait.toMillis(), task) : null);
        links.add(watched);
        return watched;
    }

    void stop() {
        server.close();
        links.clear();
        clock.forgetCalls();
    }

    /// What is on the disk at this moment is what the next one finds.
    void crash() {
        links.forEach(WatchedLink::die);
        Path all = setup.directory();
        if (all != null) {
            activity.hold();
            try {
                Copies.copy(directory(all, number), directory(all, number + 1));
            } finally {
                activity.letGo();
            }
            number++;
        }
    }

    /// Starts the next where the last one was: at the same ports.
    void next() {
        server = start(Ports.of(server));
    }
}
