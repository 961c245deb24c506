package io.posthorn.protocol.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CodecOpenerTest {
    private final CodecOpener opener = new CodecOpener(1 << 20);

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void whatEachCodecHasPackedIsThereAgainWithItsOffsets(CompressionType type) {
        RecordBatch opened = Objects.requireNonNull(opener.open(batch(type, 100, "a text that repeats itself ")));

        assertThat(opened.isCompressed()).isFalse();
        assertThat(opened.baseOffset()).isEqualTo(42);
        assertThat(opened.lastOffset()).isEqualTo(141);
        assertThat(opened.producerId()).isEqualTo(7);
        assertThat(opened.isTransactional()).isTrue();
        RecordCursor record = opened.records();
        for (int i = 0; i < 100; i++) {
            assertThat(record.next()).isTrue();
            assertThat(record.offset()).isEqualTo(42 + i);
            assertThat(record.key()).isEqualTo(Bytes.utf8("k" + i));
            assertThat(Objects.requireNonNull(record.value()).toUtf8()).endsWith("itself " + i);
            assertThat(record.header(Bytes.utf8("h"))).isEqualTo(Bytes.utf8("v"));
        }
        assertThat(record.next()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void whatIsCompressedAgainIsTheSameWhenItIsOpened(CompressionType type) {
        RecordBatch opened = Objects.requireNonNull(opener.open(batch(type, 100, "a text that repeats itself ")));

        RecordBatch packed = opener.compress(opened, type.id);

        assertThat(packed.compression()).isEqualTo(type.id);
        assertThat(packed.checksumIsValid()).isTrue();
        assertThat(packed.sizeInBytes()).isLessThan(opened.sizeInBytes() / 2);
        assertThat(packed.lastOffset()).isEqualTo(opened.lastOffset());
        assertThat(Objects.requireNonNull(opener.open(packed)).recordBytes()).isEqualTo(opened.recordBytes());
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void whatWouldBecomeTooMuchIsNotOpened(CompressionType type) {
        assertThat(opener.open(batch(type, 1, "0".repeat(2 << 20)))).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void bytesThatAreNotWhatTheySayAreRefusedWhateverTheyAre(CompressionType type) {
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            RecordBatch batch = batch(type, 20, "a text");
            Bytes bytes = batch.bytes();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                int at = RecordBatch.HEADER_SIZE + random.nextInt(bytes.length() - RecordBatch.HEADER_SIZE);
                bytes.array()[bytes.offset() + at] = (byte) random.nextInt();
            }
            RecordBatch opened = opener.open(batch);
            assertThat(opened == null || !opened.isCompressed())
                    .as("seed %d", seed)
                    .isTrue();
        }
    }

    @Test
    void aBlockOfSnappyThatSaysItBecomesTooMuchIsNotBelieved() {
        assertThat(SnappyChunks.areBounded(bytes(0xFF, 0xFF, 0xFF, 0x7F, 0), 1 << 20))
                .isFalse();
        assertThat(SnappyChunks.areBounded(bytes(0x80, 0x80), 1 << 20)).isFalse();
        assertThat(SnappyChunks.areBounded(bytes(3, 8, 'a', 'b', 'c'), 1 << 20)).isTrue();
        assertThat(SnappyChunks.areBounded(javas(0x7FFFFFF0, 1, 0), 1 << 20)).isFalse();
        assertThat(SnappyChunks.areBounded(javas(-1, 1, 0), 1 << 20)).isFalse();
        assertThat(SnappyChunks.areBounded(javas(2, 0xFF, 0x7F), 1 << 20)).isTrue();
        assertThat(SnappyChunks.areBounded(javas(2, 0xFF, 0x7F), 1 << 10)).isFalse();
    }

    private static Bytes bytes(int... octets) {
        var array = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            array[i] = (byte) octets[i];
        }
        return new Bytes(array);
    }

    private static Bytes javas(int length, int... block) {
        ByteBuffer out = ByteBuffer.allocate(20 + block.length);
        out.putLong(0x82534e4150505900L).putInt(1).putInt(1).putInt(length);
        for (int octet : block) {
            out.put((byte) octet);
        }
        return new Bytes(out.array());
    }

    @Test
    void whatIsPackedByNoKnownCodecIsNotOpened() {
        RecordBatch batch = batch(CompressionType.GZIP, 1, "a");
        batch.bytes().array()[batch.bytes().offset() + 22] = 7;
        assertThat(opener.open(batch)).isNull();
    }

    private static RecordBatch batch(CompressionType type, int count, String text) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(1024),
                (byte) 2,
                Compression.of(type).build(),
                TimestampType.CREATE_TIME,
                42,
                1_000,
                7,
                (short) 1,
                0,
                true,
                0);
        for (int i = 0; i < count; i++) {
            builder.append(new SimpleRecord(
                    1_000 + i,
                    ("k" + i).getBytes(StandardCharsets.UTF_8),
                    (text + i).getBytes(StandardCharsets.UTF_8),
                    new RecordHeader[] {new RecordHeader("h", "v".getBytes(StandardCharsets.UTF_8))}));
        }
        ByteBuffer bytes = builder.build().buffer();
        var array = new byte[bytes.remaining()];
        bytes.get(array);
        return RecordBatch.of(new Bytes(array));
    }
}
