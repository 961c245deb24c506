package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.log.SegmentStore.Kind;
import io.posthorn.log.SegmentStore.SegmentId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// Segments written to an engine that may fail at any step, and what of them it has acknowledged.
final class AcknowledgedSegments {
    private final Deque<Written> segments = new ArrayDeque<>();

    private record Written(SegmentId id, List<Bytes> entries) {}

    /// Several, most of them sealed, one of them deleted.
    void write(SegmentStore store) {
        var random = new Random(4711);
        for (int segment = 0; segment < 4; segment++) {
            var writer = begin(store);
            for (int i = 0; i < 5; i++) {
                append(writer, random.nextInt(3_000));
            }
            if (segment != 1) {
                writer.seal();
            }
            if (segment == 2) {
                store.delete(segments.removeFirst().id());
            }
        }
    }

    /// Several that their owner has not sealed.
    void writeUnsealed(SegmentStore store) {
        for (int segment = 0; segment < 2; segment++) {
            var writer = begin(store);
            for (int i = 0; i < 4; i++) {
                append(writer, 100 * i);
            }
        }
    }

    private SegmentWriter begin(SegmentStore store) {
        var writer = store.create(SegmentStoreContract.spec(Kind.JOURNAL));
        segments.add(new Written(writer.id(), new ArrayList<>()));
        return writer;
    }

    private void append(SegmentWriter writer, int size) {
        var entry = SegmentStoreContract.entry(size);
        SegmentStoreContract.append(writer, entry);
        segments.getLast().entries().add(entry);
    }

    /// All of it is there, in order, and at most the one entry more whose answer did not come.
    void check(SegmentStore store, String when) {
        for (Written written : segments) {
            assertThat(store.fenceAndSeal(written.id()).damaged()).as(when).isEmpty();
            var found = SegmentStoreContract.entriesOf(store, written.id());
            assertThat(found.size())
                    .as(when)
                    .isBetween(written.entries().size(), written.entries().size() + 1);
            assertThat(found.subList(0, written.entries().size())).as(when).isEqualTo(written.entries());
        }
    }
}
