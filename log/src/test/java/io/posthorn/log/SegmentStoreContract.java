package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.log.SegmentStore.Kind;
import io.posthorn.log.SegmentStore.SealedSegment;
import io.posthorn.log.SegmentStore.SegmentId;
import io.posthorn.log.SegmentStore.SegmentInfo;
import io.posthorn.log.SegmentStore.SegmentSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What every engine promises of its segments. An engine's test extends this and says where segments live.
public abstract class SegmentStoreContract {
    private static final long CAPACITY = 64 * 1024;
    private static final long EPOCH = 7;

    /// Where segments live: outlives the stores opened on it.
    public interface Device {
        /// A new owner. The one before is gone: closed in order, or crashed.
        SegmentStore open();

        /// The owner dies without a word. What it had not synced may be kept or lost. A failure that was asked
        /// for and has not happened will not.
        void crash();

        /// The n-th operation from now on (1 is the next) that changes something fails, once.
        void failOperation(int n);

        /// Whether the failure asked for has happened.
        boolean failureHappened();
    }

    /// A new, empty device.
    protected abstract Device device();

    /// Whether segments outlive their store; not so for an engine in memory.
    protected boolean outlivesItsStore() {
        return true;
    }

    /// Whether [Device#failOperation] can be had.
    protected boolean canFail() {
        return true;
    }

    @Test
    void whatWasAppendedIsReadInOrder() {
        for (Kind kind : Kind.values()) {
            try (var store = device().open()) {
                var writer = store.create(spec(kind));
                var entries = new ArrayList<Bytes>();
                for (int i = 0; i < 20; i++) {
                    entries.add(entry(i));
                    append(writer, entry(i));
                }
                writer.seal();
                assertThat(entriesOf(store, writer.id())).isEqualTo(entries);
            }
        }
    }

    @Test
    void anEntryGatheredFromSeveralBuffersIsOneEntry() {
        try (var store = device().open()) {
            var writer = store.create(spec(Kind.JOURNAL));
            byte[] array = entry(30).toByteArray();
            writer.append(List.of(
                            ByteBuffer.wrap(array, 0, 10),
                            ByteBuffer.wrap(array, 10, 0),
                            ByteBuffer.wrap(array, 10, array.length - 10)))
                    .toCompletableFuture()
                    .join();
            writer.seal();
            assertThat(entriesOf(store, writer.id())).containsExactly(entry(30));
        }
    }

    @Test
    void everyByteOfAnEntryHasItsAddress() {
        try (var store = device().open()) {
            var writer = store.create(spec(Kind.JOURNAL));
            append(writer, entry(1));
            long address = append(writer, entry(700));
            try (var reader = store.open(writer.id())) {
                var target = ByteBuffer.allocate(11);
                reader.read(address + 33, target);
                assertThat(new Bytes(target.array())).isEqualTo(entry(700).slice(33, 11));
            }
            writer.seal();
        }
    }

    @Test
    void readingBehindTheEndIsDamageNotSilence() {
        try (var store = device().open()) {
            var writer = store.create(spec(Kind.DATA));
            long address = append(writer, entry(1));
            writer.seal();
            try (var reader = store.open(writer.id())) {
                assertThatThrownBy(() -> reader.read(address + 64 * CAPACITY, ByteBuffer.allocate(8)))
                        .isInstanceOf(LogException.Damaged.class);
            }
        }
    }

    @Test
    void anEntryThatFitsIsTakenAndCapacityEnds() {
        try (var store = device().open()) {
            var writer = store.create(spec(Kind.JOURNAL));
            int taken = 0;
            while (writer.fits(1000)) {
                append(writer, entry(1000));
                taken++;
            }
            // An engine may give less than was asked for.
            assertThat(taken).isBetween(4, (int) CAPACITY / 1000);
            assertThat(writer.seal().end()).isPositive();
            assertThat(entriesOf(store, writer.id())).hasSize(taken);
        }
    }

    @Test
    void aMissingSegmentIsNotOpened() {
        try (var store = device().open()) {
            assertThatThrownBy(() -> store.open(new SegmentId(987_654_321L))).isInstanceOf(LogException.Unusable.class);
        }
    }

    @Test
    void aSealedSegmentTakesNoMore() {
        try (var store = device().open()) {
            var writer = store.create(spec(Kind.JOURNAL));
            append(writer, entry(1));
            writer.seal();
            assertThatThrownBy(() -> append(writer, entry(2))).isInstanceOf(LogException.class);
            assertThat(entriesOf(store, writer.id())).containsExactly(entry(1));
        }
    }

    @Test
    void aZombieWriterIsFenced() {
        try (var store = device().open()) {
            var zombie = store.create(spec(Kind.JOURNAL));
            append(zombie, entry(1));
            SealedSegment sealed = store.fenceAndSeal(zombie.id());
            assertThatThrownBy(() -> append(zombie, entry(2))).isInstanceOf(LogException.Fenced.class);
            assertThatThrownBy(zombie::seal).isInstanceOf(LogException.class);
            zombie.close();
            assertThat(store.fenceAndSeal(zombie.id())).isEqualTo(sealed);
            assertThat(entriesOf(store, zombie.id())).containsExactly(entry(1));
        }
    }

    @Test
    void fencingTwiceAgreesAndSoDoCallersAtOnce() throws InterruptedException {
        try (var store = device().open()) {
            var writer = store.create(spec(Kind.JOURNAL));
            append(writer, entry(1));
            var results = new ArrayList<SealedSegment>();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 4; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    var sealed = store.fenceAndSeal(writer.id());
                    synchronized (results) {
                        results.add(sealed);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(results).hasSize(4);
            assertThat(new HashSet<>(results)).hasSize(1);
        }
    }

    @Test
    void nothingAcknowledgedIsLostWhenFencedDuringAppends() throws InterruptedException {
        try (var store = device().open()) {
            for (int round = 0; round < 20; round++) {
                var writer = store.create(new SegmentSpec(Kind.JOURNAL, 1024 * 1024, EPOCH));
                var acknowledged = new AtomicInteger();
                var some = new CountDownLatch(5);
                var appending = Thread.ofVirtual().start(() -> {
                    try {
                        for (int i = 0; i < 1_000; i++) {
                            append(writer, entry(i));
                            acknowledged.incrementAndGet();
                            some.countDown();
                        }
                    } catch (LogException.Fenced _) {
                        some.countDown();
                    }
                });
                some.await();
                var sealed = store.fenceAndSeal(writer.id());
                var found = entriesOf(store, writer.id());
                appending.join();
                assertThat(found.size()).isGreaterThanOrEqualTo(acknowledged.get());
                for (int i = 0; i < found.size(); i++) {
                    assertThat(found.get(i)).isEqualTo(entry(i));
                }
                assertThat(store.fenceAndSeal(writer.id())).isEqualTo(sealed);
                assertThat(entriesOf(store, writer.id())).isEqualTo(found);
                writer.close();
                store.delete(writer.id());
            }
        }
    }

    @Test
    void deletingIsIdempotentAndAMissingSegmentIsNoError() {
        try (var store = device().open()) {
            var writer = store.create(spec(Kind.DATA));
            append(writer, entry(1));
            writer.seal();
            store.delete(writer.id());
            store.delete(writer.id());
            store.delete(new SegmentId(123_456_789L));
            assertThat(idsOf(store)).doesNotContain(writer.id());
            assertThatThrownBy(() -> store.open(writer.id())).isInstanceOf(LogException.Unusable.class);
        }
    }

    @Test
    void aSegmentBeingReadStaysReadableWhenDeleted() {
        for (Kind kind : Kind.values()) {
            try (var store = device().open()) {
                var writer = store.create(spec(kind));
                long address = append(writer, entry(500));
                writer.seal();
                try (var reader = store.open(writer.id())) {
                    store.delete(writer.id());
                    var another = store.create(spec(kind));
                    append(another, entry(900));
                    another.seal();
                    var target = ByteBuffer.allocate(500);
                    reader.read(address, target);
                    assertThat(new Bytes(target.array())).isEqualTo(entry(500));
                }
            }
        }
    }

    @Test
    void anIdIsNeverUsedTwice() {
        var device = device();
        var seen = new HashSet<SegmentId>();
        for (int restart = 0; restart < 3; restart++) {
            try (var store = device.open()) {
                for (int i = 0; i < 4; i++) {
                    var writer = store.create(spec(i % 2 == 0 ? Kind.JOURNAL : Kind.DATA));
                    assertThat(seen.add(writer.id())).isTrue();
                    append(writer, entry(i));
                    writer.seal();
                    store.delete(writer.id());
                }
            }
            if (!outlivesItsStore()) {
                return;
            }
        }
    }

    @Test
    void aJournalUsedAgainHoldsNothingOfTheOneBefore() {
        try (var store = device().open()) {
            for (int round = 0; round < 6; round++) {
                var writer = store.create(spec(Kind.JOURNAL));
                int count = 12 - 2 * round;
                var expected = new ArrayList<Bytes>();
                for (int i = 0; i < count; i++) {
                    expected.add(entry(100 + round));
                    append(writer, entry(100 + round));
                }
                if (round % 2 == 0) {
                    writer.seal();
                } else {
                    writer.close();
                    assertThat(store.fenceAndSeal(writer.id()).damaged()).isEmpty();
                }
                assertThat(entriesOf(store, writer.id())).isEqualTo(expected);
                store.delete(writer.id());
            }
        }
    }

    @Test
    void allSegmentsAreListedWithWhatTheyAre() {
        try (var store = device().open()) {
            var journal = store.create(spec(Kind.JOURNAL));
            var data = store.create(spec(Kind.DATA));
            append(data, entry(2000));
            data.seal();
            var infos = store.list();
            assertThat(infos).extracting(SegmentInfo::id).containsExactlyInAnyOrder(journal.id(), data.id());
            assertThat(infos)
                    .filteredOn(SegmentInfo::sealed)
                    .extracting(SegmentInfo::kind)
                    .containsExactly(Kind.DATA);
            assertThat(infos).filteredOn(info -> info.kind() == Kind.DATA).allMatch(info -> info.bytes() >= 2000);
            journal.close();
        }
    }

    @Test
    void whatWasAcknowledgedSurvivesTheDeathOfTheOwner() {
        Assumptions.assumeTrue(outlivesItsStore());
        var device = device();
        var store = device.open();
        var writer = store.create(spec(Kind.JOURNAL));
        var expected = new ArrayList<Bytes>();
        for (int i = 0; i < 30; i++) {
            append(writer, entry(i * 37));
            expected.add(entry(i * 37));
        }
        device.crash();
        try (var next = device.open()) {
            assertThat(next.list()).extracting(SegmentInfo::sealed).containsExactly(false);
            var sealed = next.fenceAndSeal(writer.id());
            assertThat(sealed.damaged()).isEmpty();
            assertThat(entriesOf(next, writer.id())).isEqualTo(expected);
        }
        device.crash();
        try (var next = device.open()) {
            assertThat(next.list()).extracting(SegmentInfo::sealed).containsExactly(true);
            assertThat(entriesOf(next, writer.id())).isEqualTo(expected);
        }
    }

    @Test
    void syncedDataSurvivesTheDeathOfTheOwnerAndSpilledDataIsGone() {
        Assumptions.assumeTrue(outlivesItsStore());
        var device = device();
        var store = device.open();
        var data = store.create(spec(Kind.DATA));
        append(data, entry(5000));
        append(data, entry(5001));
        data.sync();
        var spill = store.create(spec(Kind.SPILL));
        append(spill, entry(5000));
        device.crash();
        try (var next = device.open()) {
            assertThat(idsOf(next)).containsExactly(data.id());
            next.fenceAndSeal(data.id());
            assertThat(entriesOf(next, data.id())).containsExactly(entry(5000), entry(5001));
        }
    }

    /// A failure at each step in turn, then death, then a new owner: nothing acknowledged is lost, nothing is
    /// there that was not appended, and the order is kept.
    @Test
    void aFailureAtAnyStepLosesNothingAcknowledged() {
        Assumptions.assumeTrue(canFail() && outlivesItsStore());
        for (int n = 1; ; n++) {
            var device = device();
            var acknowledged = new AcknowledgedSegments();
            var store = device.open();
            device.failOperation(n);
            try {
                acknowledged.write(store);
            } catch (LogException _) {
                // The owner stops at the first failure; what it was told before must hold.
            }
            boolean failed = device.failureHappened();
            device.crash();
            try (var next = device.open()) {
                acknowledged.check(next, "operation " + n);
            }
            if (!failed) {
                assertThat(n).isGreaterThan(5);
                return;
            }
        }
    }

    @Test
    void aFailureAtAnyStepOfFencingLosesNothing() {
        Assumptions.assumeTrue(canFail() && outlivesItsStore());
        for (int n = 1; ; n++) {
            var device = device();
            var acknowledged = new AcknowledgedSegments();
            acknowledged.writeUnsealed(device.open());
            device.crash();
            var store = device.open();
            device.failOperation(n);
            try {
                acknowledged.check(store, "fencing, operation " + n);
            } catch (LogException _) {
                // As above: it gives up, and the next owner begins again.
            }
            boolean failed = device.failureHappened();
            device.crash();
            try (var next = device.open()) {
                acknowledged.check(next, "after fencing, operation " + n);
            }
            if (!failed) {
                return;
            }
        }
    }

    @Test
    void afterAFailedAppendTheWriterIsDead() {
        Assumptions.assumeTrue(canFail());
        for (int n = 1; ; n++) {
            var device = device();
            try (var store = device.open()) {
                var writer = store.create(spec(Kind.JOURNAL));
                append(writer, entry(10));
                device.failOperation(n);
                boolean threw = false;
                try {
                    append(writer, entry(20));
                } catch (LogException _) {
                    threw = true;
                }
                if (!threw) {
                    assertThat(n).isGreaterThan(1);
                    return;
                }
                assertThatThrownBy(() -> append(writer, entry(30))).isInstanceOf(LogException.Poisoned.class);
                assertThatThrownBy(writer::seal).isInstanceOf(LogException.Poisoned.class);
                writer.close();
                store.fenceAndSeal(writer.id());
                assertThat(entriesOf(store, writer.id())).isIn(List.of(entry(10)), List.of(entry(10), entry(20)));
            }
        }
    }

    protected static SegmentSpec spec(Kind kind) {
        return new SegmentSpec(kind, CAPACITY, EPOCH);
    }

    protected static long append(SegmentWriter writer, Bytes entry) {
        try {
            return writer.append(List.of(ByteBuffer.wrap(entry.array(), entry.offset(), entry.length())))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof LogException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    /// An entry whose bytes tell its size.
    protected static Bytes entry(int size) {
        byte[] array = new byte[Math.max(size, 1)];
        new Random(size).nextBytes(array);
        return new Bytes(array);
    }

    protected static List<Bytes> entriesOf(SegmentStore store, SegmentId id) {
        var entries = new ArrayList<Bytes>();
        try (var reader = store.open(id)) {
            for (var entry = reader.next(0); entry != null; entry = reader.next(entry.next())) {
                entries.add(entry.bytes().copy());
            }
        }
        return entries;
    }

    protected static List<SegmentId> idsOf(SegmentStore store) {
        return store.list().stream().map(SegmentInfo::id).toList();
    }
}
