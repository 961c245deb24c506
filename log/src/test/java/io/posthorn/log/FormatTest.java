package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// Held to the bytes of `docs/storage-format.md`, which were computed by hand (checksums by another program).
class FormatTest {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }

    private static final String BATCH = """
            0000000000000000 0000003d ffffffff 02 57869249
            0000 00000000 00000000000003e8 00000000000003e8
            ffffffffffffffff ffff ffffffff 00000001
            16 00 00 00 02 6b 02 76 02 02 68 01
            """;

    @Test
    void aBatchHasTheBytesOfKafka() {
        var builder = new BatchBuilder();
        builder.add(1_000, Bytes.utf8("k"), Bytes.utf8("v"), List.of(new RecordHeader(Bytes.utf8("h"), null)));

        assertThat(HexFormat.of().formatHex(builder.build().bytes().toByteArray()))
                .isEqualTo(HexFormat.of().formatHex(hex(BATCH)));
    }

    @Test
    void aTrimHasTheBytesOfTheFormat() {
        byte[] frame = new byte[FrameCodec.trimSize()];
        FrameCodec.putTrim(frame, 0, 7, 300);

        assertThat(HexFormat.of().formatHex(frame))
                .isEqualTo(HexFormat.of()
                        .formatHex(hex("e8de2546 0000001c 03 00 0000 0000000000000007 000000000000012c")));
    }

    @Test
    void anEventHasTheBytesOfTheFormat() {
        byte[] frame = new byte[FrameCodec.bodySize(Bytes.utf8("hi"))];
        FrameCodec.putState(frame, 0, 16, Bytes.utf8("hi"));

        assertThat(HexFormat.of().formatHex(frame))
                .isEqualTo(HexFormat.of().formatHex(hex("a1f33633 00000016 05 00 0010 0000000000000000 6869")));
    }

    @Property(seed = "1")
    void framesComeBackAsTheyWere(
            @ForAll @LongRange(min = 1) long log,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long offset,
            @ForAll short machine,
            @ForAll @Size(max = 300) byte[] body,
            @ForAll @IntRange(max = 40) int at) {
        var bytes = new Bytes(body);
        RecordBatch batch = Batches.of("value " + offset);
        byte[] array = new byte[2_000];

        int length = FrameCodec.putState(array, at, machine, bytes);
        assertThat(FrameCodec.decode(array, at, at + length)).isEqualTo(new Frame.State(machine, bytes));
        length = FrameCodec.putSnapshotChunk(array, at, machine, bytes);
        assertThat(FrameCodec.decode(array, at, at + length)).isEqualTo(new Frame.SnapshotChunk(machine, bytes));
        length = FrameCodec.putTrim(array, at, log, offset);
        assertThat(FrameCodec.decode(array, at, at + length)).isEqualTo(new Frame.Trim(log, offset));
        length = FrameCodec.putDrop(array, at, log);
        assertThat(FrameCodec.decode(array, at, at + length)).isEqualTo(new Frame.Drop(log));
        length = FrameCodec.putSnapshotEnd(array, at, offset);
        assertThat(FrameCodec.decode(array, at, at + length)).isEqualTo(new Frame.SnapshotEnd(offset));

        length = FrameCodec.putBatch(array, at, log, offset, batch);
        assertThat(FrameCodec.decode(array, at, at + length)).isInstanceOfSatisfying(Frame.Batch.class, frame -> {
            assertThat(frame.log()).isEqualTo(log);
            assertThat(frame.batch().baseOffset()).isEqualTo(offset);
            assertThat(frame.batch().checksumIsValid()).isTrue();
        });
        length = FrameCodec.putFanout(array, at, new long[] {log, offset, 9, 4}, batch);
        assertThat(FrameCodec.decode(array, at, at + length)).isInstanceOfSatisfying(Frame.Fanout.class, frame -> {
            assertThat(frame.size()).isEqualTo(2);
            assertThat(frame.log(0)).isEqualTo(log);
            assertThat(frame.baseOffset(0)).isEqualTo(offset);
            assertThat(frame.log(1)).isEqualTo(9);
        });
    }

    @Property(seed = "1")
    void noFlippedBitGoesUnnoticed(@ForAll @IntRange(max = 10_000) int position, @ForAll @IntRange(max = 7) int bit) {
        byte[] array = new byte[200];
        int length = FrameCodec.putBatch(array, 0, 7, 1_000, Batches.of("some value"));
        array[position % length] ^= (byte) (1 << bit);

        assertThat(FrameCodec.decode(array, 0, length))
                .satisfiesAnyOf(
                        frame -> assertThat(frame).isNull(),
                        frame -> assertThat(((Frame.Batch) frame).batch().checksumIsValid())
                                .isFalse());
    }

    @Test
    void aManifestComesBackAsItWas() {
        var manifest = new Manifest(
                3,
                true,
                100,
                50,
                List.of(new Manifest.JournalPart(new SegmentStore.SegmentId(5), -1)),
                List.of(new Manifest.DataPart(new SegmentStore.SegmentId(6), 4096, 120, 9_999)));

        assertThat(Manifest.decode(manifest.encode())).isEqualTo(manifest);
    }
}
