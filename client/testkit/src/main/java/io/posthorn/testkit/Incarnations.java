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
        this.server = start(0, 0);
    }

    private Server start(int amqpPort, int managementPort) {
        return Server.start(config(amqpPort, managementPort), surroundings());
    }

    private ServerConfig config(int amqpPort, int managementPort) {
        boolean listens = setup.kind() == Kind.SERVER;
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("--amqp", listens ? "127.0.0.1:" + amqpPort : "off");
        flags.put("--http", listens ? "127.0.0.1:" + managementPort : "off");
        Path all = setup.directory();
        if (all == null) {
            flags.put("--memory", "true");
        } else {
            flags.put("--data", directory(all, number).toString());
        }
        return ServerConfig.read(flags, Map.of("POSTHORN_STORAGE_JOURNAL_SEGMENT", JOURNAL_SEGMENT), Optional.empty());
    }

    private Surroundings surroundings() {
        return new Surroundings(
                clock(),
                setup.time() == Time.VIRTUAL ? clock::after : Surroundings.MACHINE.timer(),
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
        return Addresses.of(
                server.amqpAddress().orElseThrow(), server.httpAddress().orElseThrow());
    }

    /// Links to the server that runs.
    List<WatchedLink> links() {
        return links;
    }

    /// A new one.
    Link link(Faults faults) {
        Link link = setup.kind() == Kind.SERVER
                ? new RemoteProvider(clock()).open(addresses().amqp().toString())
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
        int amqpPort = server.amqpAddress().map(InetSocketAddress::getPort).orElse(0);
        int managementPort =
                server.httpAddress().map(InetSocketAddress::getPort).orElse(0);
        server = start(amqpPort, managementPort);
    }
}
