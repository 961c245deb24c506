package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class JournalFuzzTest {
    private static final Logger LOGGER = Logger.getLogger("io.posthorn.log");

    static {
        LOGGER.setLevel(Level.OFF);
    }

    @Property(tries = 500, seed = "1")
    void anyBytesAreRecoveredFrom(@ForAll long seed) {
        byte[] data = entry(new Random(seed));

        assertThatCode(() -> JournalFuzz.fuzzerTestOneInput(data)).doesNotThrowAnyException();
    }

    /// Frames of every kind, with some bytes changed; now and then with nothing but noise.
    private static byte[] entry(Random random) {
        byte[] data = new byte[2_000];
        if (random.nextInt(10) == 0) {
            random.nextBytes(data);
            return data;
        }
        int at = Group.PREAMBLE;
        while (at < 1_500) {
            at += frame(random, data, at);
        }
        for (int flips = random.nextInt(4); flips > 0; flips--) {
            data[random.nextInt(data.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return java.util.Arrays.copyOf(data, random.nextInt(3) == 0 ? random.nextInt(data.length) : at);
    }

    private static int frame(Random random, byte[] data, int at) {
        long log = random.nextInt(11);
        long offset = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(20);
        RecordBatch batch = Batches.of("value", "x".repeat(random.nextInt(50)));
        return switch (random.nextInt(8)) {
            case 0 -> FrameCodec.putTrim(data, at, log, offset);
            case 1 -> FrameCodec.putDrop(data, at, log);
            case 2 -> FrameCodec.putState(data, at, random.nextInt(18), Bytes.utf8("event"));
            case 3 -> FrameCodec.putSnapshotChunk(data, at, random.nextInt(18), Bytes.utf8("chunk"));
            case 4 -> FrameCodec.putFanout(data, at, new long[] {log, offset, log + 1, 3}, batch);
            case 5 -> FrameCodec.putLogStarts(data, at, new Bytes(bounds(log, offset, random.nextInt(20))));
            default -> FrameCodec.putBatch(data, at, log, offset, batch);
        };
    }

    private static byte[] bounds(long log, long start, long end) {
        return java.nio.ByteBuffer.allocate(24)
                .putLong(log)
                .putLong(start)
                .putLong(end)
                .array();
    }
}
