package io.posthorn.verification.conformance.crash;

import io.posthorn.verification.conformance.ChildProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// An ext4 file system of its own on a loop device, whose power can be cut: everything that was not synced is gone.
/// Needs root and e2fsprogs.
public final class LoopFileSystem implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// `FS_IOC_SHUTDOWN`, and its flag for not even flushing the file system's own journal.
    private static final long SHUTDOWN = 0x8004587dL;

    private static final int WITHOUT_FLUSHING_THE_JOURNAL = 2;

    private final Path image;
    private final Path mountPoint;

    private LoopFileSystem(Path image, Path mountPoint) {
        this.image = image;
        this.mountPoint = mountPoint;
    }

    /// @return why there can be none here, or nothing
    public static Optional<String> obstacle() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("a loop file system needs root");
        }
        if (!Files.isExecutable(Path.of("/sbin/mkfs.ext4"))) {
            return Optional.of("a loop file system needs mkfs.ext4 (e2fsprogs)");
        }
        if (!Files.exists(Path.of("/dev/loop-control"))) {
            return Optional.of("this kernel has no loop devices");
        }
        return Optional.empty();
    }

    public static LoopFileSystem create(Path directory, long size) throws IOException, InterruptedException {
        Path image = directory.resolve("file-system.img").toAbsolutePath();
        Path mountPoint = Files.createDirectories(directory.resolve("mounted")).toAbsolutePath();
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(size);
        }
        run("/sbin/mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        LoopFileSystem fileSystem = new LoopFileSystem(image, mountPoint);
        fileSystem.mount();
        // A run that is stopped from outside must not leave its mount behind.
        Runtime.getRuntime().addShutdownHook(new Thread(fileSystem::leave, "unmount"));
        return fileSystem;
    }

    public Path root() {
        return mountPoint;
    }

    /// Cuts the power: from now on every write fails, and what was not synced will not be there after [#remount].
    public void cut() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int directory = (int) function("open", ValueLayout.ADDRESS, ValueLayout.JAVA_INT)
                    .invokeExact(arena.allocateFrom(mountPoint.toString()), 0);
            MemorySegment flags = arena.allocateFrom(ValueLayout.JAVA_INT, WITHOUT_FLUSHING_THE_JOURNAL);
            int failed = (int) function("ioctl", ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS)
                    .invokeExact(directory, SHUTDOWN, flags);
            int unclosed = (int) function("close", ValueLayout.JAVA_INT).invokeExact(directory);
            if (directory < 0 || failed != 0 || unclosed != 0) {
                throw new IOException("the file system at " + mountPoint + " could not be shut down");
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    @SuppressWarnings("restricted") // the two calls below are all that is native here
    private static MethodHandle function(String name, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        Linker.Option[] options =
                name.equals("close") ? new Linker.Option[0] : new Linker.Option[] {Linker.Option.firstVariadicArg(2)};
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments),
                options);
    }

    /// Mounts again what is left; the kernel replays the file system's journal.
    public void remount() throws IOException, InterruptedException {
        unmount();
        mount();
    }

    private void mount() throws IOException, InterruptedException {
        run("mount", "-o", "loop", image.toString(), mountPoint.toString());
    }

    private void unmount() throws IOException, InterruptedException {
        run("umount", mountPoint.toString());
    }

    private void leave() {
        try {
            if (Files.exists(image)) {
                run("umount", "-l", mountPoint.toString());
            }
        } catch (IOException | InterruptedException | IllegalStateException notMounted) {
            // Then there is nothing to leave.
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        try (ChildProcess process = ChildProcess.start(command[0], new ProcessBuilder(List.of(command)))) {
            process.awaitSuccess(PATIENCE);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            unmount();
            Files.delete(image);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
