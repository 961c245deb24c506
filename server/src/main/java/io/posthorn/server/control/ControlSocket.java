package io.posthorn.server.control;

import io.netty.channel.ChannelHandler;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.console.http.CallerCheck;
import io.posthorn.console.http.HttpProtocol;
import io.posthorn.console.http.HttpSettings;
import io.posthorn.console.http.Route;
import io.posthorn.console.http.RouteTable;
import io.posthorn.transport.Connection;
import io.posthorn.transport.ConnectionLimit;
import io.posthorn.transport.EventLoops;
import io.posthorn.transport.Listener;
import io.posthorn.transport.Protocol;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The management API for the broker's owner: whoever can open the socket may do everything. It is there while the
/// broker is stopped, too. Thread-safe.
public final class ControlSocket implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ControlSocket.class.getName());
    private static final int MOST_CONNECTIONS = 64;

    /// Definitions and messages come this way; nobody else can send them.
    private static final int MOST_BODY = 256 * 1024 * 1024;

    private static final Duration GOODBYE = Duration.ofSeconds(1);
    private static final CallerCheck OWNER = (_, _) -> new Actor(Principal.OWNER, "control socket");

    private final Path path;
    private final Operator operator;
    private final Executor blocking;
    private final EventLoops loops;
    private final Listener listener;
    private volatile Protocol serving;

    private ControlSocket(Path path, Operator operator, Executor blocking, Supplier<List<Route>> routes)
            throws IOException {
        this.path = path;
        this.operator = operator;
        this.blocking = blocking;
        this.serving = running(routes);
        // A loop of its own, which answers while the broker's are busy, or gone.
        this.loops = EventLoops.start("control", 1);
        try {
            this.listener = Listener.openLocal(loops, path, new Current(), new ConnectionLimit(MOST_CONNECTIONS));
        } catch (IOException e) {
            loops.close();
            throw e;
        }
    }

    /// Opens the socket of the broker that serves AMQP on this port, which no other process can then have. Without
    /// it a broker does its work as well, so failing to open it is logged and no more.
    ///
    /// @param routes of the broker, made when they are first wanted
    /// @param blocking where requests are answered: virtual threads
    public static Optional<ControlSocket> open(
            int amqpPort, Operator operator, Executor blocking, Supplier<List<Route>> routes) {
        Path path = ControlDirectory.socket(amqpPort);
        try {
            ControlDirectory.create();
            Files.deleteIfExists(path); // of a broker on this port that was killed
            return Optional.of(new ControlSocket(path, operator, blocking, routes));
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(Level.WARNING, "no control socket, so commands will find no broker: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    /// Another broker serves the connections to come.
    public void serve(Supplier<List<Route>> routes) {
        serving = running(routes);
    }

    /// No broker is there: all that is asked of one is answered with 503.
    ///
    /// @param routes of the broker that was
    public void stopped(Supplier<List<Route>> routes) {
        serving = protocol(
                () -> routes.get().stream().map(OperatorRoutes::whenStopped).toList());
    }

    @Override
    public void close() {
        listener.stop("the broker is stopping", GOODBYE);
        loops.close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the control socket {0} was left behind: {1}", path, e.getMessage());
        }
    }

    private Protocol running(Supplier<List<Route>> routes) {
        return protocol(routes);
    }

    private Protocol protocol(Supplier<List<Route>> routes) {
        return new HttpProtocol(
                () -> new RouteTable(Stream.concat(routes.get().stream(), OperatorRoutes.of(operator).stream())
                        .toList()),
                OWNER,
                HttpSettings.DEFAULTS.withBodyBytes(MOST_BODY),
                blocking);
    }

    private final class Current implements Protocol {
        @Override
        public String name() {
            return "control";
        }

        @Override
        public ChannelHandler serve(Connection connection) {
            return serving.serve(connection);
        }
    }
}
