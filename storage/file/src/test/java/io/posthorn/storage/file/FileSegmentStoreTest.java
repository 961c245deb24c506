package io.posthorn.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.log.Bytes;
import io.posthorn.log.LogException;
import io.posthorn.log.SegmentStore;
import io.posthorn.log.SegmentStore.AddressRange;
import io.posthorn.log.SegmentStore.Kind;
import io.posthorn.log.SegmentStore.SegmentSpec;
import io.posthorn.log.SegmentStoreContract;
import io.posthorn.log.SegmentWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSegmentStoreTest extends SegmentStoreContract {
    private static final FileOptions SMALL = new FileOptions(32 * 1024, 16 * 1024, 1, 2, 8 * 1024);

    /// Failures are what these tests are made of; their log would be long.
    private static final Logger SILENT = Logger.getLogger("io.posthorn.storage.file");

    static {
        SILENT.setLevel(Level.OFF);
    }

    @TempDir
    Path temporary;

    private final AtomicInteger devices = new AtomicInteger();
    private final AtomicLong salts = new AtomicLong(0x5A17_0000_0000_0000L);
    private final ArrayDeque<Runnable> background = new ArrayDeque<>();

    @Override
    protected Device device() {
        return new Directory(temporary.resolve("device" + devices.incrementAndGet()));
    }

    private final class Directory implements Device {
        private final Path path;
        private final WatchedDisk disk;

        Directory(Path path) {
            this.path = path;
            try {
                disk = new WatchedDisk(ChannelDisk.open(path));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @Override
        public SegmentStore open() {
            return FileSegmentStore.open(disk, SMALL, Runnable::run, salts::incrementAndGet);
        }

        SegmentStore openWithTasksWaiting() {
            return FileSegmentStore.open(disk, SMALL, background::add, salts::incrementAndGet);
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

        Path fileOf(SegmentStore.SegmentId id, String kind) {
            return path.resolve("%016x.%s".formatted(id.value(), kind));
        }

        List<String> files() {
            try (var files = Files.list(path)) {
                return files.map(file -> file.getFileName().toString()).sorted().toList();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    @Test
    void aTailTornAtAnyByteIsCutAndWhatWasConfirmedStays() throws IOException {
        var device = new Directory(temporary.resolve("torn"));
        SegmentWriter writer;
        long tail;
        try (var store = device.open()) {
            writer = store.create(spec(Kind.JOURNAL));
            append(writer, entry(100));
            append(writer, entry(700));
            tail = append(writer, entry(1_200)) - EntryHeader.BYTES;
            writer.close();
        }
        byte[] whole = Files.readAllBytes(device.fileOf(writer.id(), "journal"));
        long behind = tail + EntryHeader.framed(1_200);
        for (long cut = tail; cut < tail + EntryHeader.BYTES + 1_200; cut += cut < tail + 40 ? 1 : 37) {
            byte[] torn = whole.clone();
            for (long i = cut; i < behind; i++) {
                // What the file held before the entry was written.
                torn[(int) i] = 0;
            }
            Files.write(device.fileOf(writer.id(), "journal"), torn);
            try (var store = device.open()) {
                var sealed = store.fenceAndSeal(writer.id());
                assertThat(sealed.damaged()).as("cut at %d", cut).isEmpty();
                assertThat(entriesOf(store, writer.id())).as("cut at %d", cut).containsExactly(entry(100), entry(700));
            }
        }
    }

    @Test
    void aTornTailIsCounted() throws IOException {
        var device = new Directory(temporary.resolve("counted"));
        SegmentWriter writer;
        try (var store = device.open()) {
            writer = store.create(spec(Kind.JOURNAL));
            append(writer, entry(100));
            long last = append(writer, entry(1_200));
            writer.close();
            flip(device.fileOf(writer.id(), "journal"), last + 1_000);
        }
        try (var store = device.open()) {
            assertThat(store.fenceAndSeal(writer.id()).tornBytes()).isEqualTo(EntryHeader.framed(1_200));
            assertThat(entriesOf(store, writer.id())).containsExactly(entry(100));
        }
    }

    @Test
    void aFlippedBitInTheMiddleIsReportedAndTheRestIsServed() throws IOException {
        for (int offset = -EntryHeader.BYTES; offset < 700; offset += 13) {
            var device = new Directory(temporary.resolve("flipped" + offset));
            SegmentWriter writer;
            long middle;
            try (var store = device.open()) {
                writer = store.create(spec(Kind.JOURNAL));
                append(writer, entry(100));
                middle = append(writer, entry(700));
                append(writer, entry(1_200));
                append(writer, entry(300));
                writer.close();
            }
            flip(device.fileOf(writer.id(), "journal"), middle + offset);
            for (int restart = 0; restart < 2; restart++) {
                try (var store = device.open()) {
                    var sealed = store.fenceAndSeal(writer.id());
                    long start = middle - EntryHeader.BYTES;
                    assertThat(sealed.damaged())
                            .containsExactly(new AddressRange(start, start + EntryHeader.framed(700)));
                    assertThat(sealed.tornBytes()).isZero();
                    assertThat(entriesOf(store, writer.id())).containsExactly(entry(100), entry(1_200), entry(300));
                }
            }
        }
    }

    @Test
    void damageAtTheEndOfASealedSegmentIsNotATornTail() throws IOException {
        var device = new Directory(temporary.resolve("sealed"));
        SegmentWriter writer;
        long last;
        try (var store = device.open()) {
            writer = store.create(spec(Kind.JOURNAL));
            append(writer, entry(100));
            last = append(writer, entry(700));
            var sealed = writer.seal();
            flip(device.fileOf(writer.id(), "journal"), last + 5);
            try (var reader = store.open(writer.id())) {
                var first = java.util.Objects.requireNonNull(reader.next(0));
                assertThat(reader.next(first.next())).isNull();
                assertThat(first.next())
                        .as("the reader sees that entries are missing")
                        .isLessThan(sealed.end());
            }
        }
    }

    @Test
    void aFlippedBitInTheHeaderBlockCostsNothing() throws IOException {
        for (int at = 0; at < HeaderBlock.BLOCK_BYTES; at += 19) {
            var device = new Directory(temporary.resolve("header" + at));
            SegmentWriter writer;
            try (var store = device.open()) {
                writer = store.create(spec(Kind.JOURNAL));
                append(writer, entry(700));
                writer.seal();
            }
            flip(device.fileOf(writer.id(), "journal"), at);
            try (var store = device.open()) {
                assertThat(store.list())
                        .extracting(SegmentStore.SegmentInfo::sealed)
                        .containsExactly(true);
                assertThat(entriesOf(store, writer.id())).containsExactly(entry(700));
            }
        }
    }

    @Test
    void aSegmentWhoseHeaderIsLostIsReportedAndTheStoreStillOpens() throws IOException {
        var device = new Directory(temporary.resolve("lost"));
        SegmentWriter writer;
        try (var store = device.open()) {
            writer = store.create(spec(Kind.JOURNAL));
            append(writer, entry(700));
            writer.seal();
        }
        flip(device.fileOf(writer.id(), "journal"), 9);
        flip(device.fileOf(writer.id(), "journal"), HeaderBlock.COPY_AT + 9);
        try (var store = device.open()) {
            assertThat(store.fenceAndSeal(writer.id()).damaged()).hasSize(1);
            assertThat(entriesOf(store, writer.id())).isEmpty();
            store.delete(writer.id());
            assertThat(store.list()).isEmpty();
        }
    }

    @Test
    void theEntryInDoubtIsWrittenOnceMoreBehindItself() {
        var device = new Directory(temporary.resolve("doubt"));
        SegmentWriter writer;
        long doubtful;
        try (var store = device.open()) {
            writer = store.create(spec(Kind.JOURNAL));
            append(writer, entry(100));
            doubtful = append(writer, entry(700));
            writer.close();
        }
        for (int restart = 0; restart < 3; restart++) {
            try (var store = device.open()) {
                store.fenceAndSeal(writer.id());
                try (var reader = store.open(writer.id())) {
                    var first = java.util.Objects.requireNonNull(reader.next(0));
                    var second = java.util.Objects.requireNonNull(reader.next(first.next()));
                    assertThat(second.bytes()).isEqualTo(entry(700));
                    assertThat(second.address()).isEqualTo(doubtful + EntryHeader.framed(700));
                    assertThat(reader.next(second.next())).isNull();
                }
            }
        }
    }

    @Test
    void aNewerFormatIsRefusedClearly() throws IOException {
        var device = new Directory(temporary.resolve("newer"));
        var header = new HeaderBlock(new SegmentStore.SegmentId(1L << 32), Kind.DATA, 1, 2, 3, 4);
        var block = header.toBlock();
        block.putShort(4, (short) (HeaderBlock.VERSION + 1));
        block.putInt(48, HeaderBlock.checksum(block, 0, 48));
        byte[] bytes = new byte[HeaderBlock.BLOCK_BYTES];
        block.get(0, bytes);
        Files.write(device.fileOf(header.id(), "data"), bytes);
        assertThatThrownBy(device::open)
                .isInstanceOf(LogException.Unusable.class)
                .hasMessageContaining("newer");
    }

    @Test
    void journalFilesAreUsedAgainAndNotMadeAnew() {
        var device = new Directory(temporary.resolve("pool"));
        try (var store = device.open()) {
            for (int i = 0; i < 3; i++) {
                fillAndDelete(store);
            }
            device.disk.bytesWritten.set(0);
            for (int i = 0; i < 10; i++) {
                fillAndDelete(store);
            }
            assertThat(device.disk.bytesWritten.get()).isLessThan(10 * (2 * HeaderBlock.BLOCK_BYTES + 1024));
            assertThat(device.files())
                    .filteredOn(name -> name.endsWith(FileSpace.FREE))
                    .hasSizeBetween(1, 2);
        }
    }

    private static void fillAndDelete(SegmentStore store) {
        var writer = store.create(new SegmentSpec(Kind.JOURNAL, 32 * 1024, 1));
        append(writer, entry(100));
        writer.seal();
        store.delete(writer.id());
    }

    @Test
    void aDeletedFileIsGivenBackAPieceAtATimeAlsoByTheNextProcess() {
        var device = new Directory(temporary.resolve("pieces"));
        try (var store = device.openWithTasksWaiting()) {
            var writer = store.create(spec(Kind.DATA));
            for (int i = 0; i < 5; i++) {
                append(writer, entry(8_000));
            }
            writer.seal();
            store.delete(writer.id());
            java.util.Objects.requireNonNull(background.poll()).run();
            assertThat(device.files())
                    .filteredOn(name -> name.endsWith(FileSpace.GONE))
                    .hasSize(1);
        }
        background.clear();
        try (var store = device.open()) {
            assertThat(store.list()).isEmpty();
            assertThat(device.files()).noneMatch(name -> name.endsWith(FileSpace.GONE));
        }
    }

    @Test
    void openFilesStayBoundedHoweverManySegmentsAreRead() {
        var device = new Directory(temporary.resolve("bounded"));
        try (var store = device.open()) {
            var ids = new ArrayList<SegmentStore.SegmentId>();
            for (int i = 0; i < 20; i++) {
                var writer = store.create(spec(Kind.DATA));
                append(writer, entry(i));
                writer.seal();
                ids.add(writer.id());
            }
            var readers = ids.stream().map(store::open).toList();
            for (int i = 0; i < 20; i++) {
                assertThat(java.util.Objects.requireNonNull(readers.get(i).next(0))
                                .bytes())
                        .isEqualTo(entry(i));
                assertThat(store.openHandles()).isLessThanOrEqualTo(2);
            }
            readers.forEach(io.posthorn.log.SegmentReader::close);
        }
        assertThat(device.disk.openFiles).hasValue(0);
    }

    @Test
    void aFullDiskRefusesANewSegmentAndHarmsNothing() {
        var device = new Directory(temporary.resolve("full"));
        try (var store = device.open()) {
            var writer = store.create(spec(Kind.JOURNAL));
            append(writer, entry(1));
            device.disk.failWith("No space left on device");
            device.disk.failOperation(1);
            assertThatThrownBy(() -> store.create(spec(Kind.DATA))).isInstanceOf(LogException.StorageFull.class);
            append(writer, entry(2));
            var data = store.create(spec(Kind.DATA));
            device.disk.failOperation(1);
            assertThatThrownBy(() -> append(data, entry(3))).isInstanceOf(LogException.StorageFull.class);
            assertThatThrownBy(() -> append(data, entry(3))).isInstanceOf(LogException.Poisoned.class);
            append(writer, entry(4));
            writer.seal();
            assertThat(entriesOf(store, writer.id())).containsExactly(entry(1), entry(2), entry(4));
        }
    }

    @Test
    void whatCannotBeReadNowIsNotDamaged() {
        var device = new Directory(temporary.resolve("unreadable"));
        try (var store = device.open()) {
            var writer = store.create(spec(Kind.DATA));
            append(writer, entry(100));
            writer.seal();
            try (var reader = store.open(writer.id())) {
                long address = java.util.Objects.requireNonNull(reader.next(0)).address();
                device.disk.unreadable = true;
                var target = ByteBuffer.allocate(100);
                assertThatThrownBy(() -> reader.read(address, target)).isInstanceOf(LogException.Unreadable.class);
                assertThatThrownBy(() -> reader.next(0)).isInstanceOf(LogException.Unreadable.class);
                device.disk.unreadable = false;
                reader.read(address, target);
                assertThat(new Bytes(target.array())).isEqualTo(entry(100));
            }
        }
    }

    @Test
    void anEntryLargerThanTheJournalGetsAnEmptyOne() {
        var device = new Directory(temporary.resolve("large"));
        Bytes large = entry(300 * 1024);
        SegmentWriter writer;
        try (var store = device.open()) {
            writer = store.create(spec(Kind.JOURNAL));
            assertThat(writer.fits(large.length())).isTrue();
            append(writer, large);
            assertThat(writer.fits(1)).isFalse();
            writer.close();
        }
        try (var store = device.open()) {
            store.fenceAndSeal(writer.id());
            assertThat(entriesOf(store, writer.id())).containsExactly(large);
        }
    }

    @Test
    void anInterruptedReaderDoesNotTakeTheFileFromTheOthers() {
        var device = new Directory(temporary.resolve("interrupted"));
        try (var store = device.open()) {
            var writer = store.create(spec(Kind.DATA));
            append(writer, entry(700));
            writer.seal();
            try (var reader = store.open(writer.id())) {
                Thread.currentThread().interrupt();
                assertThat(java.util.Objects.requireNonNull(reader.next(0)).bytes())
                        .isEqualTo(entry(700));
                assertThat(Thread.interrupted()).isTrue();
                assertThat(java.util.Objects.requireNonNull(reader.next(0)).bytes())
                        .isEqualTo(entry(700));
            }
        }
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 0x10;
        Files.write(file, bytes);
    }
}
