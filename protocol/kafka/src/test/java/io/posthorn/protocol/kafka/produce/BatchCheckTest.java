package io.posthorn.protocol.kafka.produce;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.posthorn.log.RecordBatch;
import io.posthorn.protocol.kafka.produce.BatchCheck.Haste;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Batches are made by Kafka's own classes, and broken by hand.
class BatchCheckTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final int LEADER_EPOCH = 0;
    private static final TopicRules PLAIN =
            new TopicRules(false, 1_048_588, Integer.MAX_VALUE, false, Long.MAX_VALUE, 3_600_000, null);

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aGoodBatchIsAppendedAsTheBytesThatCame(CompressionType codec) throws RefusedBatch {
        byte[] sent = batch(codec, records(100));

        RecordBatch checked = check(sent, PLAIN);

        assertThat(Arrays.mismatch(checked.bytes().toByteArray(), sent)).isNegative();
        assertThat(checked.count()).isEqualTo(100);
    }

    @Test
    void nothingIsAssumedOfWhereInTheRequestABatchLies() throws RefusedBatch {
        byte[] sent = batch(CompressionType.NONE, records(3));
        ByteBuffer request = ByteBuffer.allocate(sent.length + 50);
        request.position(30).put(sent).flip().position(30);

        RecordBatch checked =
                requireNonNull(BatchCheck.check(ArrivedBatch.cutFrom(request.slice()), PLAIN, NOW, Haste.QUICK));

        assertThat(Arrays.mismatch(checked.bytes().toByteArray(), sent)).isNegative();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aChecksumThatDoesNotMatchIsCorrupt(CompressionType codec) {
        byte[] sent = batch(codec, records(10));
        sent[sent.length - 1] ^= 1;

        assertThat(refused(sent, PLAIN).error()).isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void countsThatDoNotAgreeAreInvalid(CompressionType codec) {
        for (int[] wrong :
                new int[][] {{11, 10}, {9, 8}, {10, 8}, {9, 9}, {0, -1}, {-1, -2}, {Integer.MAX_VALUE, -1}}) {
            byte[] sent = batch(codec, records(10));
            ByteBuffer.wrap(sent).putInt(57, wrong[0]).putInt(23, wrong[1]);

            assertThat(refused(sealed(sent), PLAIN).error())
                    .as(Arrays.toString(wrong))
                    .isEqualTo(Errors.INVALID_RECORD);
        }
    }

    @Test
    void controlBatchesAreTheBrokersOwn() {
        byte[] sent = batch(CompressionType.NONE, records(1));
        sent[22] |= 0x20;

        assertThat(refused(sealed(sent), PLAIN).error()).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aProducerThatHasAnIdNumbersItsBatches() {
        byte[] sent = batch(CompressionType.NONE, records(1));
        ByteBuffer.wrap(sent).putLong(43, 7).putShort(51, (short) 0);

        assertThat(refused(sealed(sent), PLAIN).error()).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void thereIsExactlyOneBatch() {
        byte[] one = batch(CompressionType.NONE, records(1));
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);

        assertThat(refused(two, PLAIN).error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(refused(new byte[0], PLAIN).error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(refused(Arrays.copyOf(one, one.length - 1), PLAIN).error()).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void lengthsThatCannotBeAreCorrupt() {
        for (int length : new int[] {Integer.MIN_VALUE, -1, 0, 13, 14, 48}) {
            byte[] sent = batch(CompressionType.NONE, records(1));
            ByteBuffer.wrap(sent).putInt(8, length);

            assertThat(refused(sent, PLAIN).error()).as("length " + length).isEqualTo(Errors.CORRUPT_MESSAGE);
        }
    }

    @Test
    void oldAndUnknownFormatsAreRefused() {
        byte[] old = batch(CompressionType.NONE, records(1));
        old[16] = 1;
        byte[] unknown = batch(CompressionType.NONE, records(1));
        unknown[16] = 3;

        assertThat(refused(old, PLAIN).error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(refused(unknown, PLAIN).error()).isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @Test
    void aBatchThatIsLargerThanItsTopicTakesIsTooLarge() {
        var rules = new TopicRules(false, 100, Integer.MAX_VALUE, false, Long.MAX_VALUE, Long.MAX_VALUE, null);

        assertThat(refused(batch(CompressionType.NONE, records(10)), rules).error())
                .isEqualTo(Errors.MESSAGE_TOO_LARGE);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aCompactedTopicSaysWhichRecordsHaveNoKey(CompressionType codec) {
        var rules = new TopicRules(true, 1_048_588, Integer.MAX_VALUE, false, Long.MAX_VALUE, Long.MAX_VALUE, null);
        List<SimpleRecord> records = records(4);
        records.set(1, new SimpleRecord(NOW, null, "v".getBytes(StandardCharsets.UTF_8)));
        records.set(3, new SimpleRecord(NOW, null, "v".getBytes(StandardCharsets.UTF_8)));

        RefusedBatch refused = refused(batch(codec, records), rules);

        assertThat(refused.error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(refused.records()).extracting(record -> record.batchIndex()).containsExactly(1, 3);
    }

    @Test
    void timestampsStayWithinBounds() {
        List<SimpleRecord> late = records(2);
        late.set(1, record(NOW + 3_600_001, "late"));
        var rules = new TopicRules(false, 1_048_588, Integer.MAX_VALUE, false, 1_000, 3_600_000, null);
        List<SimpleRecord> early = records(2);
        early.set(0, record(NOW - 1_001, "early"));

        assertThat(refused(batch(CompressionType.NONE, late), PLAIN).error()).isEqualTo(Errors.INVALID_TIMESTAMP);
        assertThat(refused(batch(CompressionType.LZ4, late), PLAIN).error()).isEqualTo(Errors.INVALID_TIMESTAMP);
        assertThat(refused(batch(CompressionType.NONE, early), rules).records()).hasSize(1);
    }

    @Test
    void timesBeforeOurTimeAreRefused() {
        byte[] sent = batch(CompressionType.NONE, records(2));
        ByteBuffer.wrap(sent).putLong(27, -1_000);
        var rules = new TopicRules(false, 1_048_588, Integer.MAX_VALUE, true, 0, 0, null);

        assertThat(refused(sealed(sent), PLAIN).error()).isEqualTo(Errors.INVALID_TIMESTAMP);
        assertThat(refused(sealed(sent), rules).error()).isEqualTo(Errors.INVALID_TIMESTAMP);
    }

    @Test
    void whatGrowsBeyondItsTopicWhenItIsOpenedIsTooLarge() {
        var rules = new TopicRules(
                false, 1_000, Integer.MAX_VALUE, false, Long.MAX_VALUE, Long.MAX_VALUE, Compression.NONE);
        byte[] sent = batch(CompressionType.GZIP, List.of(new SimpleRecord(NOW, new byte[2_000])));

        assertThat(refused(sent, rules).error()).isEqualTo(Errors.MESSAGE_TOO_LARGE);
    }

    @Test
    void aTopicWithAppendTimeSetsTheTimeOfTheBatch() throws RefusedBatch {
        var rules = new TopicRules(false, 1_048_588, Integer.MAX_VALUE, true, 0, 0, null);

        RecordBatch checked = check(batch(CompressionType.GZIP, records(5)), rules);

        assertThat(checked.maxTimestamp()).isEqualTo(NOW);
        assertThat(checked.checksumIsValid()).isTrue();
        assertThat(read(checked)).allMatch(record -> record.timestamp() == NOW);
    }

    @Test
    void aGreatestTimestampThatIsWrongIsSetRight() throws RefusedBatch {
        byte[] sent = batch(CompressionType.NONE, records(5));
        ByteBuffer.wrap(sent).putLong(35, Long.MAX_VALUE);

        RecordBatch checked = check(sealed(sent), PLAIN);

        assertThat(checked.maxTimestamp()).isEqualTo(NOW + 4);
        assertThat(checked.checksumIsValid()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aTopicWithACodecOfItsOwnGetsIt(CompressionType codec) throws RefusedBatch {
        var rules = new TopicRules(
                false,
                1_048_588,
                Integer.MAX_VALUE,
                false,
                Long.MAX_VALUE,
                3_600_000,
                Compression.lz4().build());
        byte[] sent = batch(codec, records(50));

        RecordBatch checked = check(sent, rules);

        assertThat(checked.bytes().get(22) & 7).isEqualTo(CompressionType.LZ4.id);
        assertThat(checked.checksumIsValid()).isTrue();
        assertThat(read(checked)).hasSize(50).allMatch(record -> record.headers().length == 1);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void recordsThatDoNotCountTheirOffsetsAreNumberedAnew(CompressionType codec) throws RefusedBatch {
        // Three records that all say that they are the first.
        ByteBuffer target = ByteBuffer.allocate(10_000);
        var builder = MemoryRecords.builder(
                target, Compression.of(codec).build(), org.apache.kafka.common.record.TimestampType.CREATE_TIME, 0);
        for (int i = 0; i < 3; i++) {
            builder.append(record(NOW, "v" + i));
        }
        byte[] sent = bytes(builder.build());
        RecordBatch whole = check(sent, PLAIN);
        assertThat(read(whole)).extracting(Record::offset).containsExactly(0L, 1L, 2L);

        byte[] shuffled = batch(CompressionType.NONE, List.of(record(NOW, "a"), record(NOW, "b")));
        // The offset delta of the second record follows length, attributes and the delta of its time.
        shuffled[shuffled.length / 2 + 61 / 2 + 3] = 0;
        assertThat(shuffled.length % 2).isOne();
        RecordBatch rebuilt = check(sealed(shuffled), PLAIN);
        assertThat(read(rebuilt)).extracting(Record::offset).containsExactly(0L, 1L);
    }

    @Test
    void whatCannotBeOpenedIsInvalid() {
        for (CompressionType codec : CompressionType.values()) {
            if (codec == CompressionType.NONE) {
                continue;
            }
            for (long seed = 0; seed < 300; seed++) {
                var random = new Random(seed);
                byte[] sent = batch(codec, records(20));
                int broken = 61 + random.nextInt(sent.length - 61);
                sent[broken] ^= (byte) (1 + random.nextInt(255));
                int count = ByteBuffer.wrap(sent).getInt(57);

                try {
                    // Some bytes of a codec's own do not matter, and the content may be anything.
                    assertThat(check(sealed(sent), PLAIN).count())
                            .as(codec + " " + seed)
                            .isEqualTo(count);
                } catch (RefusedBatch refused) {
                    assertThat(refused.error())
                            .as(codec + " " + seed)
                            .isIn(Errors.INVALID_RECORD, Errors.INVALID_TIMESTAMP);
                }
            }
        }
    }

    @Test
    void brokenRecordsAreInvalidOrCanBeRead() throws RefusedBatch {
        for (long seed = 0; seed < 3_000; seed++) {
            var random = new Random(seed);
            byte[] sent = batch(CompressionType.NONE, records(1 + random.nextInt(5)));
            for (int i = random.nextInt(3); i >= 0; i--) {
                sent[61 + random.nextInt(sent.length - 61)] = (byte) random.nextInt();
            }
            try {
                RecordBatch taken = check(sealed(sent), PLAIN);
                assertThat(read(taken)).as("seed " + seed).hasSize(taken.count());
                var cursor = taken.records();
                while (cursor.next()) {
                    cursor.headers();
                }
            } catch (RefusedBatch refused) {
                assertThat(refused.error()).as("seed " + seed).isIn(Errors.INVALID_RECORD, Errors.INVALID_TIMESTAMP);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aBombIsRefusedAndNeverOnAnIoThread(CompressionType codec) throws RefusedBatch {
        byte[] zeros = new byte[(int) BatchCheck.MOST_OPEN + 1];
        byte[] bomb = batch(codec, List.of(new SimpleRecord(NOW, zeros)));
        var patient = new TopicRules(
                false, Integer.MAX_VALUE, Integer.MAX_VALUE, false, Long.MAX_VALUE, Long.MAX_VALUE, null);

        assertThat(BatchCheck.check(ArrivedBatch.cutFrom(ByteBuffer.wrap(bomb)), patient, NOW, Haste.QUICK))
                .isNull();
        assertThat(refused(bomb, patient).error()).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aRecordMayBeOnlySoLargeWhenItIsOpened() {
        var rules = new TopicRules(false, 1_048_588, 1_000, false, Long.MAX_VALUE, Long.MAX_VALUE, null);

        assertThat(refused(batch(CompressionType.ZSTD, List.of(new SimpleRecord(NOW, new byte[1_001]))), rules)
                        .error())
                .isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void thereAreOnlySoManyCodecs() {
        byte[] sent = batch(CompressionType.NONE, records(1));
        sent[22] |= 5;

        assertThat(refused(sealed(sent), PLAIN).error()).isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
    }

    // ---- Making and breaking them

    private static RecordBatch check(byte[] sent, TopicRules rules) throws RefusedBatch {
        return requireNonNull(
                BatchCheck.check(ArrivedBatch.cutFrom(ByteBuffer.wrap(sent.clone())), rules, NOW, Haste.PATIENT));
    }

    private static RefusedBatch refused(byte[] sent, TopicRules rules) {
        RefusedBatch refused = catchThrowableOfType(RefusedBatch.class, () -> check(sent, rules));
        assertThat(refused).isNotNull();
        return refused;
    }

    private static List<SimpleRecord> records(int count) {
        var records = new ArrayList<SimpleRecord>();
        for (int i = 0; i < count; i++) {
            records.add(record(NOW + i, "value " + i));
        }
        return records;
    }

    private static SimpleRecord record(long timestamp, @Nullable String value) {
        return new SimpleRecord(
                timestamp,
                "key".getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8),
                new Header[] {new RecordHeader("h", null)});
    }

    private static byte[] batch(CompressionType codec, List<SimpleRecord> records) {
        return bytes(MemoryRecords.withRecords(
                Compression.of(codec).build(), LEADER_EPOCH, records.toArray(SimpleRecord[]::new)));
    }

    private static byte[] bytes(MemoryRecords records) {
        byte[] bytes = new byte[records.sizeInBytes()];
        records.buffer().duplicate().get(bytes);
        return bytes;
    }

    private static byte[] sealed(byte[] batch) {
        var crc = new CRC32C();
        crc.update(batch, 21, batch.length - 21);
        ByteBuffer.wrap(batch).putInt(17, (int) crc.getValue());
        return batch;
    }

    private static List<Record> read(RecordBatch batch) {
        var records = new ArrayList<Record>();
        MemoryRecords.readableRecords(ByteBuffer.wrap(batch.bytes().toByteArray()))
                .records()
                .forEach(records::add);
        return records;
    }
}
