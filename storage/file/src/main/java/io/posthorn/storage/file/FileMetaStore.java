package io.posthorn.storage.file;

import io.posthorn.log.Bytes;
import io.posthorn.log.LogException;
import io.posthorn.log.MetaStore;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Facts on files: one small file each, replaced as a whole. Thread-safe.
public final class FileMetaStore implements MetaStore {
    private static final Pattern KEY = Pattern.compile("[a-z0-9-]{1,64}");
    private static final String SUFFIX = ".fact";

    private final Disk disk;
    private final FactFiles files;

    private LogException.@Nullable Poisoned poison;

    private FileMetaStore(Disk disk) {
        this.disk = disk;
        this.files = new FactFiles(disk);
    }

    public static FileMetaStore open(Disk disk) {
        try {
            for (String name : disk.list()) {
                if (name.endsWith(SUFFIX + FactFiles.ASIDE)) {
                    disk.delete(name);
                }
            }
            // The owner before may have died between a rename and its sync. What is read here is acted upon,
            // so it must not go back to the older fact in a power cut.
            disk.syncDirectory();
            return new FileMetaStore(disk);
        } catch (IOException failure) {
            throw DiskFailures.harmless("opening the facts", failure);
        }
    }

    @Override
    public synchronized Optional<Versioned> get(String key) {
        try {
            return files.read(fileOf(key));
        } catch (IOException failure) {
            throw DiskFailures.harmless("reading " + key, failure);
        }
    }

    @Override
    public synchronized long put(String key, Bytes value, long expectedVersion) {
        String file = fileOf(key);
        checkVersion(key, expectedVersion);
        try {
            files.write(file, new Versioned(value, expectedVersion + 1));
            return expectedVersion + 1;
        } catch (IOException failure) {
            throw poisonedBy("writing " + key, failure);
        }
    }

    @Override
    public synchronized void delete(String key, long expectedVersion) {
        String file = fileOf(key);
        checkVersion(key, expectedVersion);
        if (expectedVersion == 0) {
            return;
        }
        try {
            disk.delete(file);
            disk.syncDirectory();
        } catch (IOException failure) {
            throw poisonedBy("deleting " + key, failure);
        }
    }

    private void checkVersion(String key, long expected) {
        if (poison != null) {
            throw poison;
        }
        long actual = get(key).map(Versioned::version).orElse(0L);
        if (actual != expected) {
            throw new LogException.Fenced("the fact " + key + " has version " + actual + ", not " + expected
                    + ": somebody else has changed it");
        }
    }

    /// A full disk is met while the new file is written aside: the old one stands, and nothing is in doubt.
    private LogException poisonedBy(String doing, IOException failure) {
        if (DiskFailures.isFull(failure)) {
            return DiskFailures.harmless(doing, failure);
        }
        poison = DiskFailures.unknown(doing, failure);
        return poison;
    }

    private static String fileOf(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("a key is 1 to 64 of a-z 0-9 -, not '" + key + "'");
        }
        return key + SUFFIX;
    }

    @Override
    public void close() {
        // Files are open only while they are read or written.
    }
}
