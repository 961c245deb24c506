package io.posthorn.protocol.kafka.produce;

import io.posthorn.log.RecordBatch;
import io.posthorn.protocol.kafka.produce.BatchCheck.Haste;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;

/// Feeds arbitrary bytes to the check of producers' batches, as they are, and with the lengths and
/// the checksum that let them in. Whatever is taken, Kafka's own reader and ours can read.
public final class BatchFuzzer {
    private static final int HEADER_SIZE = 61;
    private static final long NOW = 1_700_000_000_000L;
    private static final TopicRules RULES =
            new TopicRules(false, 1_048_588, Integer.MAX_VALUE, false, Long.MAX_VALUE, Long.MAX_VALUE, null);

    private BatchFuzzer() {}

    public static void fuzzerTestOneInput(byte[] data) {
        check(data);
        if (data.length >= HEADER_SIZE) {
            check(let(data));
        }
    }

    private static byte[] let(byte[] data) {
        byte[] batch = data.clone();
        ByteBuffer fields = ByteBuffer.wrap(batch);
        fields.putLong(0, 0).putInt(8, batch.length - 12);
        batch[16] = 2;
        // Few records, of any codec, of nobody.
        int count = 1 + (fields.getInt(57) & 3);
        fields.putShort(21, (short) (fields.getShort(21) & 0x0f)).putInt(23, count - 1);
        fields.putLong(43, -1).putInt(57, count);
        var crc = new CRC32C();
        crc.update(batch, 21, batch.length - 21);
        fields.putInt(17, (int) crc.getValue());
        return batch;
    }

    private static void check(byte[] bytes) {
        RecordBatch taken;
        try {
            taken = BatchCheck.check(ArrivedBatch.cutFrom(ByteBuffer.wrap(bytes.clone())), RULES, NOW, Haste.PATIENT);
        } catch (RefusedBatch _) {
            return;
        }
        if (taken == null) {
            throw new AssertionError("a patient check decides");
        }
        readByKafka(taken);
        if (!taken.isCompressed()) {
            readByUs(taken);
        }
    }

    private static void readByKafka(RecordBatch taken) {
        int read = 0;
        for (Record record : MemoryRecords.readableRecords(
                        ByteBuffer.wrap(taken.bytes().toByteArray()))
                .records()) {
            read += record.headers() == null ? 0 : 1;
        }
        if (read != taken.count() || !taken.checksumIsValid()) {
            throw new AssertionError("Kafka reads %d records of %s".formatted(read, taken));
        }
    }

    private static void readByUs(RecordBatch taken) {
        var cursor = taken.records();
        while (cursor.next()) {
            cursor.headers();
        }
    }
}
