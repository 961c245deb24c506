package io.posthorn.storage.file;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.log.Bytes;
import io.posthorn.log.LogException;
import io.posthorn.log.MetaStore;
import io.posthorn.log.MetaStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMetaStoreTest extends MetaStoreContract {
    @TempDir
    Path temporary;

    private final AtomicInteger devices = new AtomicInteger();

    @Override
    protected Device device() {
        try {
            return new Directory(new WatchedDisk(ChannelDisk.open(temporary.resolve("d" + devices.incrementAndGet()))));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private record Directory(WatchedDisk disk) implements Device {
        @Override
        public MetaStore open() {
            return FileMetaStore.open(disk);
        }

        @Override
        public void crash() {
            // The process is gone; the page cache, and so every file as it is now, is not.
            disk.failOperation(0);
        }

        @Override
        public void failOperation(int n) {
            disk.failOperation(n);
        }

        @Override
        public boolean failureHappened() {
            return disk.failureHappened();
        }
    }

    @Test
    void anyFlippedBitIsNoticed() throws IOException {
        var directory = temporary.resolve("flipped");
        var disk = ChannelDisk.open(directory);
        FileMetaStore.open(disk).put("manifest", Bytes.utf8("some value"), 0);
        Path file = directory.resolve("manifest.fact");
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length * 8; i++) {
            byte[] flipped = whole.clone();
            flipped[i / 8] ^= (byte) (1 << i % 8);
            Files.write(file, flipped);
            assertThatThrownBy(() -> FileMetaStore.open(disk).get("manifest"))
                    .isInstanceOf(LogException.Unusable.class);
        }
    }

    @Test
    void afterAWriteOfUnknownOutcomeNothingMoreIsWritten() throws IOException {
        var disk = new WatchedDisk(ChannelDisk.open(temporary.resolve("poisoned")));
        var store = FileMetaStore.open(disk);
        disk.failOperation(5);
        assertThatThrownBy(() -> store.put("manifest", Bytes.EMPTY, 0)).isInstanceOf(LogException.Poisoned.class);
        assertThatThrownBy(() -> store.put("another", Bytes.EMPTY, 0)).isInstanceOf(LogException.Poisoned.class);
    }
}
