package io.posthorn.verification.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A child process and the lines it prints, errors included. Every wait is bounded. Thread-safe.
public final class ChildProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Thread reader;
    private final List<String> lines = new ArrayList<>();

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.reader = Thread.ofVirtual().name(name + "-output").start(this::collect);
    }

    public static ChildProcess start(String name, ProcessBuilder builder) throws IOException {
        return new ChildProcess(name, builder.redirectErrorStream(true).start());
    }

    private void collect() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            add("(output ended: " + e.getMessage() + ")");
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /// Writes a line to its standard input.
    public void say(String line) throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).append(line).append('\n').flush();
    }

    /// Ends its standard input.
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /// Waits for a line, one that is already there included.
    public String awaitLine(Predicate<String> wanted, Duration patience) throws InterruptedException {
        int number = awaitLine(0, wanted, patience);
        return lines().get(number);
    }

    /// Waits for a line that is not before the given one.
    ///
    /// @return its number, as in [#lines()]
    public int awaitLine(int from, Predicate<String> wanted, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (this) {
            for (int next = from; ; next++) {
                while (next == lines.size()) {
                    long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                    if (millis <= 0 || !reader.isAlive()) {
                        throw new IllegalStateException(name + " did not print what was awaited:\n" + transcript());
                    }
                    wait(Math.min(millis, 100));
                }
                if (wanted.test(lines.get(next))) {
                    return next;
                }
            }
        }
    }

    /// Waits until the process has ended by itself, successfully.
    ///
    /// @return all it has printed
    public List<String> awaitSuccess(Duration patience) throws InterruptedException {
        int status = awaitExit(patience);
        if (status != 0) {
            throw new IllegalStateException(name + " ended with " + status + ":\n" + transcript());
        }
        return lines();
    }

    /// Waits until the process has ended. @return its exit status
    public int awaitExit(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience)) {
            process.destroyForcibly();
            throw new IllegalStateException(name + " did not end in " + patience + ":\n" + transcript());
        }
        reader.join();
        return process.exitValue();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /// Asks the process to stop, as SIGTERM does.
    public void terminate() {
        process.destroy();
    }

    /// Kills with SIGKILL and waits until the process is gone.
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private synchronized String transcript() {
        return String.join("\n", lines);
    }

    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor();
            process.getOutputStream().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
