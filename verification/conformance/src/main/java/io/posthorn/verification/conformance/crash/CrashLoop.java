package io.posthorn.verification.conformance.crash;

import io.posthorn.verification.conformance.ChildProcess;
import io.posthorn.verification.conformance.PosthornProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Runs load on a server and crashes it, again and again; then lets the checker judge.
///
/// Usage: `CrashLoop [--cycles N] [--powercut] [--seed S] [--dir DIR]`; ends with 1 if a promise was broken. The seed
/// fixes the moments of the crashes, not what the kernel makes of them.
public final class CrashLoop {
    /// A crash comes when so many messages of its cycle are confirmed, at most.
    private static final int MOST_CONFIRMED = 10_000;

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path history;
    private final SplittableRandom random;
    private final Crash crash;

    /// How the server is brought down, and what its files go through meanwhile.
    private interface Crash {
        void strike(PosthornProcess server) throws IOException, InterruptedException;
    }

    private CrashLoop(Path history, long seed, Crash crash) {
        this.history = history;
        this.random = new SplittableRandom(seed);
        this.crash = crash;
    }

    public static void main(String[] args) throws Exception {
        int cycles = 20;
        long seed = System.nanoTime();
        boolean powercut = false;
        Path directory = Path.of("target", "crash-loop");
        for (int n = 0; n < args.length; n++) {
            switch (args[n]) {
                case "--cycles" -> cycles = Integer.parseInt(args[++n]);
                case "--seed" -> seed = Long.parseLong(args[++n]);
                case "--dir" -> directory = Path.of(args[++n]);
                case "--powercut" -> powercut = true;
                default -> throw new IllegalArgumentException("unknown: " + args[n]);
            }
        }
        Path run = Files.createTempDirectory(Files.createDirectories(directory), "run");
        System.out.printf("crash loop: %d cycles, seed %d, in %s%n", cycles, seed, run);
        List<String> verdict = powercut ? withPowercuts(run, seed, cycles) : withKills(run, seed, cycles);
        verdict.forEach(System.out::println);
    }

    /// Ends each cycle with `kill -9`.
    ///
    /// @return what the checker says; it throws if a promise was broken
    static List<String> withKills(Path directory, long seed, int cycles) throws IOException, InterruptedException {
        CrashLoop loop = new CrashLoop(directory.resolve("history"), seed, PosthornProcess::kill);
        return loop.run(directory.resolve("data"), cycles);
    }

    /// Ends each cycle by cutting the file system off from its power, with the server still writing.
    static List<String> withPowercuts(Path directory, long seed, int cycles) throws IOException, InterruptedException {
        try (LoopFileSystem fileSystem = LoopFileSystem.create(directory, 3L << 30)) {
            Crash cut = server -> {
                fileSystem.cut();
                server.kill();
                fileSystem.remount();
            };
            CrashLoop loop = new CrashLoop(directory.resolve("history"), seed, cut);
            return loop.run(fileSystem.root().resolve("data"), cycles);
        }
    }

    private List<String> run(Path data, int cycles) throws IOException, InterruptedException {
        Files.createFile(history);
        try (PosthornProcess server = PosthornProcess.start(data)) {
            for (int cycle = 1; cycle <= cycles; cycle++) {
                crashUnderLoad(server, cycle);
                note(new Event.Crashed(cycle));
                if (random.nextInt(4) == 0) {
                    server.crashWhileStarting(Duration.ofMillis(random.nextInt(100, 1_500)));
                }
                server.restart();
            }
            child(Drain.class, server.url().toString(), history.toString()).awaitSuccess(PATIENCE);
            int status = server.stop();
            if (status != 0) {
                throw new IllegalStateException("the server ended with " + status + "\n" + server.output());
            }
        }
        return child(Checker.class, history.toString()).awaitSuccess(PATIENCE);
    }

    private void crashUnderLoad(PosthornProcess server, int cycle) throws IOException, InterruptedException {
        try (ChildProcess load = child(
                Load.class,
                server.url().toString(),
                history.toString(),
                Integer.toString(cycle),
                Integer.toString(random.nextInt(1, MOST_CONFIRMED)))) {
            load.awaitLine(Load.ENOUGH::equals, PATIENCE);
            crash.strike(server);
            load.awaitSuccess(PATIENCE);
        }
    }

    private void note(Event event) throws IOException {
        Files.writeString(history, event.line() + System.lineSeparator(), StandardOpenOption.APPEND);
    }

    private static ChildProcess child(Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>(PosthornProcess.javaCommand());
        command.add(main.getName());
        command.addAll(List.of(args));
        return ChildProcess.start(main.getSimpleName(), new ProcessBuilder(command));
    }
}
