package io.posthorn.protocol.kafka;

import io.posthorn.broker.BatchOpener;
import io.posthorn.log.BatchEditor;
import io.posthorn.log.Bytes;
import io.posthorn.log.RecordBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.jspecify.annotations.Nullable;

/// Opens batches with Kafka's codecs, for those who do not read Kafka's format. A little may become so much and no
/// more, and only few at a time do, as nobody knows before how much it is. Thread-safe; its callers may wait.
public final class CodecOpener implements BatchOpener {
    private static final Logger LOG = System.getLogger(CodecOpener.class.getName());
    private static final int AT_A_TIME = 2;

    private final int mostBytes;
    private final Semaphore turns = new Semaphore(AT_A_TIME);

    /// @param mostBytes that the records of a batch may become
    public CodecOpener(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    @Override
    public @Nullable RecordBatch open(RecordBatch batch) {
        turns.acquireUninterruptibly();
        try {
            byte[] records = records(batch);
            return records == null ? null : batch.opened(records);
        } catch (IOException | RuntimeException | Error unreadable) {
            // The library of Snappy throws errors of its own.
            LOG.log(Level.DEBUG, "the codec of a " + batch + " has failed", unreadable);
            return null;
        } finally {
            turns.release();
        }
    }

    /// Where the codec fails the batch stays open: it is right as it is, and larger.
    @Override
    public RecordBatch compress(RecordBatch batch, int compression) {
        try (var buffer = new ByteBufferOutputStream(Math.max(512, batch.sizeInBytes() / 2))) {
            var codec = Compression.of(CompressionType.forId(compression)).build();
            Bytes records = batch.recordBytes();
            try (OutputStream out = codec.wrapForOutput(buffer, (byte) 2)) {
                out.write(records.array(), records.offset(), records.length());
            }
            ByteBuffer bytes = buffer.buffer().flip();
            byte[] array = new byte[bytes.remaining()];
            bytes.get(array);
            return BatchEditor.packed(batch, new Bytes(array), compression);
        } catch (IOException | RuntimeException | Error failure) {
            LOG.log(Level.DEBUG, "a " + batch + " could not be compressed again", failure);
            return batch;
        }
    }

    private byte @Nullable [] records(RecordBatch batch) throws IOException {
        Bytes packed = batch.recordBytes();
        CompressionType type = CompressionType.forId(batch.compression());
        if (type == CompressionType.SNAPPY && !SnappyChunks.areBounded(packed, mostBytes)) {
            return null;
        }
        var codec = Compression.of(type).build();
        try (InputStream in = codec.wrapForInput(packed.asByteBuffer(), (byte) 2, BufferSupplier.NO_CACHING)) {
            byte[] records = in.readNBytes(mostBytes);
            return in.read() < 0 ? records : null;
        }
    }
}
