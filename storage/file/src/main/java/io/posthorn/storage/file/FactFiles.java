package io.posthorn.storage.file;

import io.posthorn.log.Bytes;
import io.posthorn.log.LogException;
import io.posthorn.log.MetaStore.Versioned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/// Small files that are replaced as a whole: written aside, synced, renamed, and the directory synced. A reader
/// finds the old one or the new one.
final class FactFiles {
    static final String ASIDE = ".new";

    private static final int MAGIC = 0x50484D46; // PHMF
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 24;
    private static final int MOST_BYTES = 64 * 1024 * 1024;

    private final Disk disk;

    FactFiles(Disk disk) {
        this.disk = disk;
    }

    /// @throws LogException.Unusable when it is damaged, or written by a newer Posthorn
    Optional<Versioned> read(String name) throws IOException {
        try (var file = disk.open(name)) {
            long size = file.size();
            if (size < HEADER_BYTES || size > MOST_BYTES) {
                throw damaged(name);
            }
            var bytes = ByteBuffer.allocate((int) size);
            file.read(0, bytes);
            if (bytes.hasRemaining() || bytes.getInt(0) != MAGIC) {
                throw damaged(name);
            }
            if (bytes.getInt(4) > VERSION) {
                throw new LogException.Unusable(
                        name + " has format version " + bytes.getInt(4) + ": it was written by a newer Posthorn", null);
            }
            if (bytes.getInt(16) != size - HEADER_BYTES || bytes.getInt(20) != checksum(bytes)) {
                throw damaged(name);
            }
            var value = new Bytes(bytes.array(), HEADER_BYTES, bytes.getInt(16));
            return Optional.of(new Versioned(value, bytes.getLong(8)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    void write(String name, Versioned fact) throws IOException {
        var value = fact.value();
        var bytes = ByteBuffer.allocate(HEADER_BYTES + value.length())
                .putInt(0, MAGIC)
                .putInt(4, VERSION)
                .putLong(8, fact.version())
                .putInt(16, value.length())
                .put(HEADER_BYTES, value.array(), value.offset(), value.length());
        bytes.putInt(20, checksum(bytes));
        replace(disk, name, bytes);
    }

    static void replace(Disk disk, String name, ByteBuffer content) throws IOException {
        String aside = name + ASIDE;
        deleteIfThere(disk, aside);
        try (var file = disk.create(aside)) {
            file.write(0, List.of(content));
            file.sync();
        }
        disk.rename(aside, name);
        disk.syncDirectory();
    }

    static void deleteIfThere(Disk disk, String name) throws IOException {
        try {
            disk.delete(name);
        } catch (NoSuchFileException _) {
            // what was wanted
        }
    }

    private static int checksum(ByteBuffer bytes) {
        var crc = new java.util.zip.CRC32C();
        crc.update(bytes.slice(0, HEADER_BYTES - 4));
        crc.update(bytes.slice(HEADER_BYTES, bytes.capacity() - HEADER_BYTES));
        return (int) crc.getValue();
    }

    private static LogException.Unusable damaged(String name) {
        return new LogException.Unusable(name + " is damaged: its bytes are not what was written", null);
    }
}
