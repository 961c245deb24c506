package io.posthorn.storage.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A directory of the operating system. With [ChannelFile] the only class that touches `FileChannel`.
public final class ChannelDisk implements Disk {
    /// Heap arrays given to a channel would be copied into direct buffers of their size, one per thread and
    /// kept for ever. These few, of one size, bound that.
    private static final int TRANSFER_BYTES = 1024 * 1024;

    private static final int IDLE_TRANSFERS = 4;

    /// Lock files held by this process, and by whom. A POSIX lock is lost as soon as the process closes any
    /// descriptor of the file, so within the process the file must not even be opened a second time.
    private static final ConcurrentHashMap<Path, String> HELD = new ConcurrentHashMap<>();

    private final Path directory;

    /// Looked up once: it is found by reading the table of all mounts.
    private final FileStore store;

    private final ArrayBlockingQueue<ByteBuffer> transfers = new ArrayBlockingQueue<>(IDLE_TRANSFERS);

    @Nullable
    private FileChannel lockChannel;

    @Nullable
    private Path locked;

    private ChannelDisk(Path directory) throws IOException {
        this.directory = directory;
        this.store = Files.getFileStore(directory);
    }

    /// The directory, created when missing, readable by its owner only.
    public static ChannelDisk open(Path directory) throws IOException {
        Path real = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(real)) {
            if (real.getParent() != null) {
                Files.createDirectories(real.getParent());
            }
            Files.createDirectory(real);
            if (isPosix(real)) {
                Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwx------"));
            }
            if (real.getParent() != null) {
                syncDirectory(real.getParent());
            }
        }
        return new ChannelDisk(real.toRealPath());
    }

    Path directory() {
        return directory;
    }

    /// Whether others than the owner may read or write in the directory.
    boolean isOpenToOthers() throws IOException {
        return isPosix(directory)
                && Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS).stream()
                        .anyMatch(permission -> !permission.name().startsWith("OWNER"));
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return new ChannelFile(
                path(name),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                this);
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new ChannelFile(path(name), Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE), this);
    }

    @Override
    public List<String> list() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(path(name));
    }

    @Override
    public void syncDirectory() throws IOException {
        syncDirectory(directory);
    }

    private static void syncDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return store.getUsableSpace();
    }

    @Override
    public synchronized void lock(String name, String holder) throws IOException {
        Path file = path(name);
        String other = HELD.putIfAbsent(file, holder);
        if (other != null) {
            throw new LockedException(other);
        }
        try {
            lockFile(file, holder);
            locked = file;
        } finally {
            if (locked == null) {
                HELD.remove(file);
            }
        }
    }

    private void lockFile(Path file, String holder) throws IOException {
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        @Nullable FileLock lock = channel.tryLock();
        if (lock == null) {
            try (channel) {
                throw new LockedException(contentOf(channel));
            }
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
        lockChannel = channel;
    }

    private static String contentOf(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(256);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    }

    @Override
    public synchronized void close() throws IOException {
        if (lockChannel != null) {
            lockChannel.close();
            lockChannel = null;
        }
        if (locked != null) {
            HELD.remove(locked);
            locked = null;
        }
    }

    /// Names are made in this package from numbers and checked keys; this is the second fence.
    private Path path(String name) {
        if (name.isEmpty()
                || name.equals(".")
                || name.equals("..")
                || name.indexOf('/') >= 0
                || name.indexOf('\\') >= 0) {
            throw new IllegalArgumentException("not a plain file name: " + name);
        }
        return directory.resolve(name);
    }

    private static boolean isPosix(Path path) throws IOException {
        return Files.getFileStore(path).supportsFileAttributeView("posix");
    }

    ByteBuffer borrowTransfer() {
        ByteBuffer idle = transfers.poll();
        return idle == null ? ByteBuffer.allocateDirect(TRANSFER_BYTES) : idle.clear();
    }

    void giveBack(ByteBuffer transfer) {
        // When more than a few threads did I/O at once, the surplus is garbage.
        boolean _ = transfers.offer(transfer);
    }
}
