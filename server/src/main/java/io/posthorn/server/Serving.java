package io.posthorn.server;

import io.posthorn.server.config.ServerConfig;
import io.posthorn.server.config.ServerConfig.Place;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// A server as a process: says where it is, runs until it is told to stop, and stops in order.
public final class Serving {
    /// Beyond this a stop is given up: what was confirmed is safe all the same.
    private static final Duration STOP_AT_MOST = Duration.ofSeconds(30);

    private static final int USUAL_PORT = 5672;

    private final RestartableServer server;
    private final ServerConfig config;
    private final PrintStream out = System.out;

    Serving(RestartableServer server, ServerConfig config) {
        this.server = server;
        this.config = config;
    }

    /// Never returns in order: SIGTERM and Ctrl-C end the process from within, with exit code 0.
    public static void untilStopped(ServerConfig config) throws InterruptedException {
        var serving = new Serving(RestartableServer.start(config), config);
        Runtime.getRuntime().addShutdownHook(new Thread(serving::stop, "stop"));
        serving.greet();
        new CountDownLatch(1).await();
    }

    void greet() {
        Server started = server.server();
        out.println("Posthorn, a message broker");
        out.println("  AMQP 0-9-1  " + started.amqpAddress().map(Serving::url).orElse("off: no program can reach it"));
        started.amqpsAddress().ifPresent(address -> out.println("  with TLS    " + url("amqps", address)));
        started.kafkaAddress().ifPresent(address -> out.println("  Kafka       " + place(address)));
        started.kafkasAddress().ifPresent(address -> out.println("  with TLS    " + place(address)));
        started.httpAddress().ifPresent(address -> out.println("  management  " + url("http", address)));
        started.httpsAddress().ifPresent(address -> out.println("  with TLS    " + url("https", address)));
        out.println("  messages    " + place());
        started.amqpAddress()
                .ifPresent(address -> out.println("  try         ./posthorn publish hello 'a message'"
                        + urlOption(address) + "   in another terminal"));
        out.println("Posthorn is ready" + sinceStart() + ". Ctrl-C stops it.");
        out.flush();
    }

    private String place() {
        return switch (config.place()) {
            case Place.Memory _ -> "in memory: all of them are gone when this process stops";
            case Place.Directory directory ->
                "in " + directory.path().toAbsolutePath().normalize();
        };
    }

    private static String place(InetSocketAddress address) {
        return host(address) + ":" + address.getPort();
    }

    private static String url(InetSocketAddress address) {
        return url("amqp", address);
    }

    private static String url(String scheme, InetSocketAddress address) {
        return "%s://guest:guest@%s:%d".formatted(scheme, host(address), address.getPort());
    }

    private static String host(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    private static String urlOption(InetSocketAddress address) {
        return address.getPort() == USUAL_PORT ? "" : " --url " + url(address);
    }

    // Not the process's own start: the launcher's shell was this process before, perhaps for the time of a build.
    private static String sinceStart() {
        long millis = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        return " after %.2f s".formatted(millis / 1000.0);
    }

    // In the JVM's shutdown hook: a signal would end the process with 128 and its number, an orderly stop ends with 0.
    private void stop() {
        out.println();
        out.println("Stopping ...");
        var watch = new Thread(this::giveUp, "stop-watch");
        watch.setDaemon(true);
        watch.start();
        int code = 0;
        try {
            server.close();
            out.println("Stopped in order"
                    + (config.place() instanceof Place.Directory ? "; everything is on disk." : "."));
        } catch (IllegalStateException e) {
            out.println("Stopped, but not in order: " + e.getMessage() + ". What was confirmed is safe.");
            code = 1;
        }
        out.flush();
        Runtime.getRuntime().halt(code);
    }

    private void giveUp() {
        try {
            Thread.sleep(STOP_AT_MOST);
        } catch (InterruptedException e) {
            return;
        }
        out.println("Stopping takes too long and is given up. What was confirmed is safe.");
        out.flush();
        Runtime.getRuntime().halt(1);
    }
}
