package io.posthorn.verification.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The packaged server, started as a user starts it.
final class Posthorn extends BrokerProcess {
    private static final String LAUNCHER = "posthorn";

    private final Path launcher;

    private Posthorn(String name, Path launcher, Path directory) throws IOException, InterruptedException {
        this.launcher = launcher;
        super(name, directory);
    }

    static Posthorn start(Path directory) throws IOException, InterruptedException {
        return new Posthorn("Posthorn", launcher(), directory);
    }

    /// @param workingCopy another one, built already
    static Posthorn baseline(Path workingCopy, Path directory) throws IOException, InterruptedException {
        return new Posthorn("Posthorn before", launcherIn(workingCopy), directory);
    }

    static boolean isPackaged() {
        return Files.isExecutable(launcher());
    }

    /// The launcher of the working copy that this class was built in, or above the directory we run in.
    static Path launcher() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve(LAUNCHER)) && Files.isRegularFile(at.resolve(LAUNCHER))) {
                return at.resolve(LAUNCHER);
            }
        }
        return Path.of(LAUNCHER);
    }

    static Path launcherIn(Path workingCopy) {
        return workingCopy.toAbsolutePath().resolve(LAUNCHER);
    }

    @Override
    ProcessBuilder command() {
        return new ProcessBuilder(
                launcher.toString(),
                "serve",
                "--data",
                directory.resolve("data").toString(),
                "--amqp",
                "127.0.0.1:" + port);
    }

    @Override
    String executable() {
        return "java";
    }
}
