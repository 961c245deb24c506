package io.posthorn.protocol.kafka.produce;

import io.posthorn.log.RecordBatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.jspecify.annotations.Nullable;

/// Decides whether a batch that a producer has sent may be appended, and makes of it what is
/// appended: nearly always the very bytes that came.
///
/// Compressed batches are opened, as Kafka's brokers do, since what is wrong with one only shows
/// inside. They are walked as they come out of the decompressor, so that a bomb costs time in
/// bounds and hardly any memory; and what takes long is not done on an io thread.
final class BatchCheck {
    /// What an io thread opens at most, of what comes in and of what comes out.
    private static final int QUICKLY_CLOSED = 48 * 1024;

    private static final long QUICKLY_OPEN = 192 * 1024;

    /// What may come out of one batch. Kafka has no such bound; who reads its records has to hold
    /// them, though.
    static final long MOST_OPEN = 128L * 1024 * 1024;

    private static final int WINDOW = 16 * 1024;

    private BatchCheck() {}

    /// What the time at hand does to a check.
    enum Haste {
        /// On an io thread: only what is quick.
        QUICK,
        /// On a thread that may be busy for long.
        PATIENT
    }

    /// @param now when the batch came, in milliseconds since the epoch
    /// @return what is to be appended; null when that takes longer than an io thread has, and
    /// nothing was changed
    static @Nullable RecordBatch check(ArrivedBatch batch, TopicRules rules, long now, Haste haste)
            throws RefusedBatch {
        checkHeader(batch, rules);
        CompressionType codec = CompressionType.forId(batch.compression());
        Compression wanted = rules.compression();
        boolean isKept = wanted == null || wanted.type() == codec;
        if (haste == Haste.QUICK && codec != CompressionType.NONE && batch.recordsSize() > QUICKLY_CLOSED) {
            return null;
        }
        if (haste == Haste.QUICK && !isKept) {
            return null;
        }
        RecordWalk walk = walk(batch, codec, rules, now, haste);
        if (walk == null) {
            return null;
        }
        batch.setExpires(walk.expires());
        if (batch.hasAppendTime() && (rules.hasAppendTime() || walk.maxTimestamp() == RecordWalk.NO_TIMESTAMP)) {
            throw new RefusedBatch(
                    Errors.INVALID_TIMESTAMP, "Producer should not set timestamp type to LogAppendTime.");
        }
        if (!isKept || !walk.isNumbered()) {
            return rebuilt(batch, wanted == null ? Compression.of(codec).build() : wanted, rules, now);
        }
        batch.settle(rules.hasAppendTime() ? now : walk.maxTimestamp(), rules.hasAppendTime());
        return batch.toRecordBatch();
    }

    private static RecordBatch rebuilt(ArrivedBatch batch, Compression wanted, TopicRules rules, long now)
            throws RefusedBatch {
        RecordBatch rebuilt;
        try {
            rebuilt = Rebuild.of(batch, wanted, rules, now);
        } catch (RuntimeException unwritable) {
            throw invalid("The record batch cannot be written anew: " + unwritable.getMessage());
        }
        if (rebuilt.sizeInBytes() > rules.maxMessageBytes()) {
            throw new RefusedBatch(
                    Errors.MESSAGE_TOO_LARGE,
                    "The record batch has %d bytes once it is written anew, which exceeds the maximum configured value of %d"
                            .formatted(rebuilt.sizeInBytes(), rules.maxMessageBytes()));
        }
        return rebuilt;
    }

    private static void checkHeader(ArrivedBatch batch, TopicRules rules) throws RefusedBatch {
        if (batch.compression() > CompressionType.ZSTD.id) {
            throw new RefusedBatch(
                    Errors.UNSUPPORTED_COMPRESSION_TYPE, "There is no compression codec " + batch.compression());
        }
        if (batch.baseOffset() != 0) {
            throw invalid("The base offset of a record batch should be 0, but is " + batch.baseOffset());
        }
        if (batch.sizeInBytes() > rules.maxMessageBytes()) {
            throw new RefusedBatch(
                    Errors.MESSAGE_TOO_LARGE,
                    "The record batch has %d bytes, which exceeds the maximum configured value of %d"
                            .formatted(batch.sizeInBytes(), rules.maxMessageBytes()));
        }
        if (!batch.checksumIsValid()) {
            throw new RefusedBatch(Errors.CORRUPT_MESSAGE, "Record is corrupt: its checksum does not match");
        }
        if (batch.count() <= 0 || batch.count() - 1 != batch.lastOffsetDelta()) {
            throw invalid("Inconsistent offset range of %d and count of records %d"
                    .formatted(batch.lastOffsetDelta() + 1L, batch.count()));
        }
        if (batch.isControl()) {
            throw invalid("Clients are not allowed to write control records");
        }
        if (batch.producerId() >= 0 && batch.baseSequence() < 0) {
            throw invalid("Invalid sequence number %d in record batch with producerId %d"
                    .formatted(batch.baseSequence(), batch.producerId()));
        }
        if (batch.isTransactional() && batch.producerId() < 0) {
            throw invalid("Transactional records need a producerId");
        }
    }

    private static @Nullable RecordWalk walk(
            ArrivedBatch batch, CompressionType codec, TopicRules rules, long now, Haste haste) throws RefusedBatch {
        long most = haste == Haste.QUICK ? QUICKLY_OPEN : MOST_OPEN;
        try {
            return codec == CompressionType.NONE
                    ? walkPlain(batch, rules, now)
                    : walkOpened(batch, Compression.of(codec).build(), rules, now, most);
        } catch (RecordInput.TooMuchOpened _) {
            if (haste == Haste.QUICK) {
                return null;
            }
            throw invalid("More than " + MOST_OPEN + " bytes come out of the compressed record batch");
        } catch (IOException | RuntimeException malformed) {
            // Decompressors report what they cannot read in many ways, and none of them is about us.
            throw invalid("The compressed record batch cannot be opened: " + malformed.getMessage());
        }
    }

    private static RecordWalk walkPlain(ArrivedBatch batch, TopicRules rules, long now)
            throws IOException, RefusedBatch {
        int start = batch.recordsStart();
        var bytes = new RecordInput(batch.array(), start, start + batch.recordsSize());
        var walk = new RecordWalk(bytes, rules, batch.baseTimestamp(), now, batch.recordsSize());
        walk.walk(batch.count());
        return walk;
    }

    private static RecordWalk walkOpened(ArrivedBatch batch, Compression codec, TopicRules rules, long now, long most)
            throws IOException, RefusedBatch {
        Scratch scratch = Scratch.ofThisThread();
        ByteBuffer closed = batch.buffer();
        closed.position(closed.limit() - batch.recordsSize());
        try (InputStream opened = codec.wrapForInput(closed, (byte) 2, scratch.buffers)) {
            var bytes = new RecordInput(opened, scratch.window, most);
            var walk = new RecordWalk(bytes, rules, batch.baseTimestamp(), now, rules.maxDecompressedBytes());
            walk.walk(batch.count());
            return walk;
        } catch (KafkaException unreadable) {
            throw new IOException(unreadable);
        }
    }

    private static RefusedBatch invalid(String message) {
        return new RefusedBatch(Errors.INVALID_RECORD, message);
    }

    /// Buffers that a thread of the platform uses over and over; a virtual thread has them for
    /// itself, once.
    private static final class Scratch {
        private static final ThreadLocal<Scratch> OF_PLATFORM_THREADS = ThreadLocal.withInitial(Scratch::new);

        final BufferSupplier buffers = BufferSupplier.create();
        final byte[] window = new byte[WINDOW];

        static Scratch ofThisThread() {
            return Thread.currentThread().isVirtual() ? new Scratch() : OF_PLATFORM_THREADS.get();
        }
    }
}
