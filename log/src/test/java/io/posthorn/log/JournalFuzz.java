package io.posthorn.log;

import io.posthorn.log.SegmentStore.Kind;
import io.posthorn.log.SegmentStore.SegmentSpec;
import java.nio.ByteBuffer;
import java.util.List;

/// Feeds arbitrary bytes to the frame decoder and to recovery. Whatever an entry holds, a storage opens, and what it
/// says it holds can be read or is refused as damaged.
public final class JournalFuzz {
    private JournalFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        for (int at = 0; at < Math.min(data.length, 64); at++) {
            FrameCodec.decode(data, at, data.length);
        }
        var world = new World();
        SegmentWriter writer = world.store.create(new SegmentSpec(Kind.JOURNAL, data.length + 4096, 1));
        writer.append(List.of(ByteBuffer.wrap(data)));
        writer.close();
        var part = new Manifest.JournalPart(writer.id(), 0);
        world.meta.put("journal", Manifest.EMPTY.withJournal(List.of(part)).encode(), 0);

        JournaledStorage storage = world.open();
        for (long id = 1; id < 10; id++) {
            readThrough(storage.open(new LogId(id)));
        }
        storage.close();
    }

    private static void readThrough(Log log) {
        LogBounds bounds = log.bounds();
        long next = bounds.start();
        for (int i = 0; i < 1_000 && next < bounds.end(); i++) {
            try (LogSlice slice = log.read(next, 4096)) {
                next = slice.batches().getLast().lastOffset() + 1;
            } catch (LogException.Damaged e) {
                next = Math.max(next + 1, e.nextOffset());
            }
        }
    }
}
