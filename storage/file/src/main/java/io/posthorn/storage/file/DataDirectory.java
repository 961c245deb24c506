package io.posthorn.storage.file;

import io.posthorn.log.LogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/// The directory in which one broker keeps everything: private to its owner, held by one process, of a known
/// format.
public final class DataDirectory implements AutoCloseable {
    /// Raised when an older Posthorn could not read what this one writes.
    static final int FORMAT = 1;

    private static final String LOCK = "lock";
    private static final String FORMAT_FILE = "format";
    private static final Pattern FORMAT_TEXT = Pattern.compile("posthorn data, format (\\d{1,9})\\s*");

    private final Disk disk;

    private DataDirectory(Disk disk) {
        this.disk = disk;
    }

    /// Makes the directory when it is missing.
    ///
    /// @throws LogException.Unusable when another process has it, a newer Posthorn wrote it, it holds something
    /// else, or others may read it
    public static DataDirectory open(Path path) {
        try {
            var disk = ChannelDisk.open(path);
            if (disk.isOpenToOthers()) {
                throw new LogException.Unusable(
                        "the data directory %s can be read by other users; make it private: chmod 700 %s"
                                .formatted(disk.directory(), disk.directory()),
                        null);
            }
            return open(disk, disk.directory().toString());
        } catch (IOException failure) {
            throw new LogException.Unusable("cannot use the data directory " + path + ": " + failure, failure);
        }
    }

    /// @param name what the directory is called in messages
    public static DataDirectory open(Disk disk, String name) {
        try {
            lock(disk, name);
            try {
                checkFormat(disk, name);
            } catch (IOException | RuntimeException failure) {
                disk.close();
                throw failure;
            }
            return new DataDirectory(disk);
        } catch (IOException failure) {
            throw new LogException.Unusable("cannot use the data directory " + name + ": " + failure, failure);
        }
    }

    private static void lock(Disk disk, String name) throws IOException {
        try {
            disk.lock(LOCK, "process " + ProcessHandle.current().pid());
        } catch (Disk.LockedException held) {
            throw new LogException.Unusable(
                    "the data directory %s is in use by %s; stop that broker, or choose another directory"
                            .formatted(name, held.holder().isEmpty() ? "another process" : held.holder()),
                    held);
        }
    }

    private static void checkFormat(Disk disk, String name) throws IOException {
        List<String> files = disk.list();
        if (!files.contains(FORMAT_FILE)) {
            if (!Set.of(LOCK, FORMAT_FILE + FactFiles.ASIDE).containsAll(files)) {
                throw new LogException.Unusable(
                        name + " is not empty and not a data directory of Posthorn; choose another one", null);
            }
            String text = "posthorn data, format " + FORMAT + "\n";
            FactFiles.replace(disk, FORMAT_FILE, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            return;
        }
        // The process that made the file may have died before its name was safe. A power cut must not take the name and
        // leave what this process makes next: that would be a directory that is neither empty nor ours.
        disk.syncDirectory();
        var bytes = ByteBuffer.allocate(64);
        try (var file = disk.open(FORMAT_FILE)) {
            file.read(0, bytes);
        }
        var text = FORMAT_TEXT.matcher(new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII));
        if (!text.matches()) {
            throw new LogException.Unusable("the file 'format' in " + name + " is damaged", null);
        }
        int format = Integer.parseInt(text.group(1));
        if (format > FORMAT) {
            throw new LogException.Unusable(
                    "the data directory %s has format %d, and this Posthorn knows up to %d: it was written by a newer one"
                            .formatted(name, format, FORMAT),
                    null);
        }
    }

    /// @param background where files are prepared and given back, a piece at a time
    /// @param salts random numbers
    public FileSegmentStore openSegments(FileOptions options, Executor background, LongSupplier salts) {
        return FileSegmentStore.open(disk, options, background, salts);
    }

    public FileMetaStore openFacts() {
        return FileMetaStore.open(disk);
    }

    /// Lets the next process in. After the stores have been closed.
    @Override
    public void close() {
        try {
            disk.close();
        } catch (IOException failure) {
            throw DiskFailures.harmless("releasing the data directory", failure);
        }
    }
}
