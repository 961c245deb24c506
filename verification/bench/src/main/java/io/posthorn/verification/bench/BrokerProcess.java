package io.posthorn.verification.bench;

import io.posthorn.verification.bench.load.Readiness;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A broker under test, as a child process on loopback; stopped by its process id.
abstract class BrokerProcess implements AutoCloseable {
    private static final Duration START_AT_MOST = Duration.ofSeconds(60);

    final Path directory;
    final int port = freePort();
    private final String name;
    private Process process;
    private double readySeconds;

    /// @param directory for data and logs, its own
    BrokerProcess(String name, Path directory) throws IOException, InterruptedException {
        this.name = name;
        this.directory = directory;
        process = start();
    }

    String name() {
        return name;
    }

    /// What starts it, with its environment.
    abstract ProcessBuilder command();

    /// The name of the executable that does the work, where a script starts it.
    abstract String executable();

    private Process start() throws IOException, InterruptedException {
        File log = directory.resolve("output.log").toFile();
        long begin = System.nanoTime();
        var started = command()
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        boolean ready = Readiness.await(port, START_AT_MOST, started::isAlive);
        readySeconds = (System.nanoTime() - begin) / 1e9;
        if (!ready) {
            started.destroy();
            throw new IOException(name + " does not become ready; see " + log);
        }
        return started;
    }

    /// Stops in order, and starts again on the same data.
    void restart() throws IOException, InterruptedException {
        stop();
        process = start();
    }

    /// From the start of the process to its first AMQP answer, last time.
    double readySeconds() {
        return readySeconds;
    }

    /// The process that does the work.
    long pid() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .filter(handle -> handle.info().command().orElse("").endsWith(executable()))
                .mapToLong(ProcessHandle::pid)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " has no process " + executable()));
    }

    @Override
    public void close() {
        stop();
    }

    private void stop() {
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                System.err.println(name + " did not stop by itself");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
