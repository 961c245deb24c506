package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.log.compaction.BatchCompression;
import io.posthorn.log.compaction.Compaction;
import io.posthorn.log.compaction.CompactionRules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactionTest {
    private static final LogId STATES = new LogId(1);
    private static final LogId OTHERS = new LogId(2);
    private static final long A_DAY = 86_400_000;
    private static final int ABORT = 0;
    private static final int COMMIT = 1;
    private static final byte GZIP = 1;

    private final World world = new World();
    private LogStorage storage = world.open();
    private Log states = storage.open(STATES);
    private long now = 1_000_000;
    private long compactedTo;
    private long memory = 1 << 20;
    private Predicate<RecordBatch> aborted = _ -> false;

    @BeforeEach
    void keepCompacted() {
        states.keepAs(RetentionClass.COMPACTED);
    }

    /// One pass, and how many bytes it left in closed data.
    private long compact() {
        var rules = new CompactionRules(now, now - 1, A_DAY, aborted);
        var pass = Compaction.prepare(states, compactedTo, states.closedEnd(), rules, new Gzip(), memory);
        storage.clean(STATES, pass.end(), pass).toCompletableFuture().join();
        compactedTo = pass.end();
        return states.closedBytes(0);
    }

    private void put(String key, @Nullable String value) {
        append(batch(key, value));
    }

    private void append(RecordBatch batch) {
        states.append(batch, true);
    }

    private RecordBatch batch(@Nullable String key, @Nullable String value) {
        var builder = new BatchBuilder();
        builder.add(now - 1, bytes(key), bytes(value), List.of());
        return builder.build();
    }

    private static @Nullable Bytes bytes(@Nullable String text) {
        return text == null ? null : Bytes.utf8(text);
    }

    /// Everything so far leaves the journal.
    private void rollOver() {
        Log others = storage.open(OTHERS);
        long end = states.bounds().end();
        while (states.closedEnd() < end) {
            others.trimBefore(others.append(Batches.of("x".repeat(1_000)), true) + 1);
        }
    }

    private List<String> found() {
        return found(states);
    }

    /// All records as `offset key=value`, markers as `offset marker`.
    private static List<String> found(Log log) {
        var found = new ArrayList<String>();
        LogBounds bounds = log.bounds();
        for (long next = bounds.start(); next < bounds.end(); ) {
            try (LogSlice slice = log.read(next, 4_096)) {
                for (RecordBatch batch : slice.batches()) {
                    assertThat(batch.checksumIsValid()).isTrue();
                    RecordCursor records = (batch.isCompressed() ? new Gzip().open(batch) : batch).records();
                    while (records.next()) {
                        found.add(batch.isControl() ? records.offset() + " marker" : describe(records));
                    }
                    next = batch.lastOffset() + 1;
                }
            }
        }
        return found;
    }

    private static String describe(RecordCursor records) {
        Bytes key = records.key();
        Bytes value = records.value();
        return "%d %s=%s"
                .formatted(records.offset(), key == null ? null : key.toUtf8(), value == null ? null : value.toUtf8());
    }

    @Test
    void theNewestRecordOfEachKeyStaysWhereItIs() {
        for (int i = 0; i < 300; i++) {
            put("k" + i % 3, "v" + i);
        }
        rollOver();
        long before = states.closedBytes(0);

        assertThat(compact()).isLessThan(before / 20);

        assertThat(found()).containsExactly("297 k0=v297", "298 k1=v298", "299 k2=v299");
        assertThat(states.bounds()).isEqualTo(new LogBounds(0, 300));
    }

    @Test
    void whatCameLaterCountsInTheNextPass() {
        put("a", "1");
        put("b", "1");
        rollOver();
        compact();
        put("a", "2");
        rollOver();
        compact();

        assertThat(found()).containsExactly("1 b=1", "2 a=2");
    }

    @Test
    void aTombstoneStaysForADayAfterItWasFirstCleaned() {
        put("a", "1");
        put("a", null);
        put("b", "1");
        rollOver();

        compact();
        assertThat(found()).containsExactly("1 a=null", "2 b=1");
        now += A_DAY - 1;
        compact();
        assertThat(found()).containsExactly("1 a=null", "2 b=1");
        now += 1;
        compact();
        assertThat(found()).containsExactly("2 b=1");
    }

    @Test
    void theTimesOfRecordsBesideATombstoneStay() {
        var builder = new BatchBuilder();
        builder.add(500_000, Bytes.utf8("a"), Bytes.utf8("1"), List.of());
        builder.add(600_000, Bytes.utf8("b"), null, List.of());
        append(builder.build());
        rollOver();
        compact();

        try (LogSlice slice = states.read(0, 4_096)) {
            RecordBatch batch = slice.batches().getFirst();
            assertThat(batch.hasDeleteHorizon()).isTrue();
            assertThat(batch.baseTimestamp()).isEqualTo(now + A_DAY);
            RecordCursor records = batch.records();
            assertThat(records.next()).isTrue();
            assertThat(records.timestamp()).isEqualTo(500_000);
            assertThat(records.next()).isTrue();
            assertThat(records.timestamp()).isEqualTo(600_000);
        }
    }

    @Test
    void aTombstoneStaysAsLongAsNoPassHasGoneBehindIt() {
        put("a", "1");
        put("a", null);
        rollOver();
        compact();
        compactedTo = 0;
        now += 2 * A_DAY;
        compact();
        assertThat(found()).containsExactly("1 a=null");

        compact();
        assertThat(found()).isEmpty();
    }

    @Test
    void whatWasAbortedGoesAndItsMarkerStays() {
        put("a", "1");
        append(transactional(batch("a", "2"), 7));
        append(marker(7, ABORT));
        aborted = batch -> batch.producerId() == 7;
        rollOver();
        compact();
        now += 2 * A_DAY;
        compact();

        assertThat(found()).containsExactly("0 a=1", "2 marker");
    }

    @Test
    void whatWasCommittedStaysAndItsMarkerGoesAfterADay() {
        append(transactional(batch("a", "2"), 7));
        append(marker(7, COMMIT));
        rollOver();
        compact();
        assertThat(found()).containsExactly("0 a=2", "1 marker");
        now += A_DAY;
        compact();

        assertThat(found()).containsExactly("0 a=2");
    }

    @Test
    void recordsWithoutAKeyStay() {
        append(batch(null, "1"));
        append(batch(null, "2"));
        rollOver();
        compact();

        assertThat(found()).containsExactly("0 null=1", "1 null=2");
    }

    @Test
    void whatIsTooYoungIsNotTouched() {
        put("a", "1");
        now += 10;
        put("a", "2");
        now -= 10;
        rollOver();
        compact();

        assertThat(found()).containsExactly("0 a=1", "1 a=2");
        now += 10;
        compact();
        assertThat(found()).containsExactly("1 a=2");
    }

    @Test
    void moreKeysThanFitTakeMorePasses() {
        memory = 0;
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 1_500; i++) {
                put("k" + i, "v" + round);
            }
        }
        rollOver();
        int passes = 0;
        while (compactedTo < states.closedEnd()) {
            compact();
            passes++;
        }

        assertThat(passes).isGreaterThan(2);
        assertThat(found()).hasSize(1_500).allMatch(record -> record.endsWith("=v2"));
    }

    @Test
    void aBatchWithMoreKeysThanFitDoesNotStopThePasses() {
        memory = 0;
        var builder = new BatchBuilder();
        for (int i = 0; i < 1_000; i++) {
            builder.add(now - 1, Bytes.utf8("k" + i), Bytes.utf8("v"), List.of());
        }
        append(new Gzip().compress(builder.build(), GZIP));
        put("k0", "w");
        rollOver();
        compact();
        compact();

        assertThat(compactedTo).isEqualTo(1_001);
        assertThat(found()).hasSize(1_000).doesNotContain("0 k0=v").contains("1000 k0=w");
    }

    @Test
    void compressedBatchesAreOpenedAndCompressedAgain() {
        var builder = new BatchBuilder();
        builder.add(now - 1, Bytes.utf8("a"), Bytes.utf8("1"), List.of());
        builder.add(now - 1, Bytes.utf8("b"), Bytes.utf8("1"), List.of());
        append(new Gzip().compress(builder.build(), GZIP));
        put("a", "2");
        rollOver();
        compact();

        assertThat(found()).containsExactly("1 b=1", "2 a=2");
        try (LogSlice slice = states.read(1, 4_096)) {
            assertThat(slice.batches().getFirst().compression()).isEqualTo(GZIP);
        }
    }

    @Test
    void whatCannotBeOpenedIsNotCompacted() {
        append(new Gzip().compress(batch("a", "1"), GZIP));
        rollOver();
        var rules = new CompactionRules(now, now, A_DAY, aborted);

        assertThatThrownBy(
                        () -> Compaction.prepare(states, 0, states.closedEnd(), rules, BatchCompression.NONE, memory))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aTableReadFromTheLogIsTheSameAsBefore(long seed) {
        var random = new Random(seed);
        memory = random.nextInt(100_000);
        long cleaned = 0;
        for (int round = 0; round < 12; round++) {
            for (int i = random.nextInt(200); i > 0; i--) {
                append(randomBatch(random));
            }
            if (random.nextBoolean()) {
                rollOver();
            }
            var before = table(states);
            compact();
            cleaned = Math.max(cleaned, compactedTo);
            now += random.nextInt(2) * A_DAY;
            assertThat(table(states)).isEqualTo(before);
            if (random.nextInt(3) == 0) {
                storage = world.open();
                states = storage.open(STATES);
                compactedTo = random.nextBoolean() ? 0 : compactedTo;
                assertThat(table(states)).isEqualTo(before);
            }
        }
        assertThat(cleaned).isPositive();
    }

    private RecordBatch randomBatch(Random random) {
        var builder = new BatchBuilder();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            Bytes value = random.nextInt(4) == 0 ? null : Bytes.utf8("v" + random.nextInt());
            builder.add(now - 1, Bytes.utf8("k" + random.nextInt(50)), value, List.of());
        }
        RecordBatch batch = builder.build();
        return random.nextInt(3) == 0 ? new Gzip().compress(batch, GZIP) : batch;
    }

    /// What a reader of the whole log ends up with.
    private static Map<String, String> table(Log log) {
        var table = new TreeMap<String, String>();
        for (String record : found(log)) {
            String[] parts = record.substring(record.indexOf(' ') + 1).split("=", 2);
            if (parts[1].equals("null")) {
                table.remove(parts[0]);
            } else {
                table.put(parts[0], parts[1]);
            }
        }
        return table;
    }

    private static RecordBatch transactional(RecordBatch batch, long producer) {
        return changed(batch, batch.attributes() | RecordBatch.TRANSACTIONAL_FLAG, producer);
    }

    private RecordBatch marker(long producer, int type) {
        var builder = new BatchBuilder();
        builder.add(now - 1, new Bytes(new byte[] {0, 0, 0, (byte) type}), new Bytes(new byte[6]), List.of());
        return changed(builder.build(), RecordBatch.TRANSACTIONAL_FLAG | RecordBatch.CONTROL_FLAG, producer);
    }

    private static RecordBatch changed(RecordBatch batch, int attributes, long producer) {
        byte[] array = batch.bytes().toByteArray();
        RecordBatch.SHORTS.set(array, RecordBatch.ATTRIBUTES, (short) attributes);
        RecordBatch.LONGS.set(array, RecordBatch.PRODUCER_ID, producer);
        return sealed(array);
    }

    private static RecordBatch sealed(byte[] array) {
        RecordBatch.INTS.set(array, RecordBatch.LENGTH, array.length - RecordBatch.LEADER_EPOCH);
        RecordBatch.INTS.set(array, RecordBatch.CRC, RecordBatch.checksumOf(new Bytes(array)));
        return RecordBatch.of(new Bytes(array));
    }

    /// The one codec that the JDK has.
    private static final class Gzip implements BatchCompression {
        @Override
        public RecordBatch open(RecordBatch batch) {
            Bytes bytes = batch.bytes();
            int records = bytes.length() - RecordBatch.HEADER_SIZE;
            try (var in = new GZIPInputStream(
                    new ByteArrayInputStream(bytes.array(), bytes.offset() + RecordBatch.HEADER_SIZE, records))) {
                return with(batch, in.readAllBytes(), 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public RecordBatch compress(RecordBatch batch, int compression) {
            var packed = new ByteArrayOutputStream();
            Bytes bytes = batch.bytes();
            try (var out = new GZIPOutputStream(packed)) {
                out.write(
                        bytes.array(),
                        bytes.offset() + RecordBatch.HEADER_SIZE,
                        bytes.length() - RecordBatch.HEADER_SIZE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return with(batch, packed.toByteArray(), compression);
        }

        private static RecordBatch with(RecordBatch batch, byte[] records, int compression) {
            byte[] array = new byte[RecordBatch.HEADER_SIZE + records.length];
            Bytes bytes = batch.bytes();
            System.arraycopy(bytes.array(), bytes.offset(), array, 0, RecordBatch.HEADER_SIZE);
            System.arraycopy(records, 0, array, RecordBatch.HEADER_SIZE, records.length);
            int attributes = (batch.attributes() & ~RecordBatch.COMPRESSION_MASK) | compression;
            RecordBatch.SHORTS.set(array, RecordBatch.ATTRIBUTES, (short) attributes);
            return sealed(array);
        }
    }
}
