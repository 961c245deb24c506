package io.posthorn.log;

import io.posthorn.log.SegmentStore.SegmentId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The segments open for reading: a bounded number, however many segments there are. A segment is deleted when
/// nobody reads it any more.
final class SegmentReaders {
    private static final int MOST_OPEN = 128;

    private static final class Use {
        int pins;
        boolean doomed;

        @Nullable
        SegmentReader reader;
    }

    private final SegmentStore store;
    private final Executor background;
    private final Map<SegmentId, Use> pinned = new HashMap<>();
    private final LinkedHashMap<SegmentId, SegmentReader> idle = new LinkedHashMap<>();

    SegmentReaders(SegmentStore store, Executor background) {
        this.store = store;
        this.background = background;
    }

    /// Keeps the segment from being deleted, until [#unpin]. Does no I/O.
    synchronized void pin(SegmentId id) {
        Use use = pinned.computeIfAbsent(id, missing -> new Use());
        use.pins++;
        SegmentReader reader = idle.remove(id);
        if (reader != null) {
            use.reader = reader;
        }
    }

    /// The reader of a pinned segment. May block, and nobody who only pins waits for it.
    SegmentReader reader(SegmentId id) {
        SegmentReader open = use(id, null);
        if (open != null) {
            return open;
        }
        SegmentReader mine = store.open(id);
        SegmentReader first = use(id, mine);
        if (first == null) {
            return mine;
        }
        mine.close();
        return first;
    }

    /// The reader that the segment has; where it has none, it gets this one.
    private synchronized @Nullable SegmentReader use(SegmentId id, @Nullable SegmentReader opened) {
        Use use = pinned.get(id);
        if (use == null) {
            throw new IllegalStateException(id + " is not pinned");
        }
        SegmentReader before = use.reader;
        use.reader = before == null ? opened : before;
        return before;
    }

    void unpin(SegmentId id) {
        if (release(id)) {
            background.execute(() -> store.delete(id));
        }
    }

    private synchronized boolean release(SegmentId id) {
        Use use = pinned.get(id);
        if (use == null) {
            throw new IllegalStateException(id + " is not pinned");
        }
        if (--use.pins > 0) {
            return false;
        }
        pinned.remove(id);
        if (use.reader != null) {
            if (use.doomed) {
                use.reader.close();
            } else {
                idle.put(id, use.reader);
                closeEldest();
            }
        }
        return use.doomed;
    }

    private void closeEldest() {
        if (idle.size() > MOST_OPEN) {
            var eldest = idle.entrySet().iterator();
            eldest.next().getValue().close();
            eldest.remove();
        }
    }

    /// Deletes a sealed segment, at once or after its last reader.
    void delete(SegmentId id) {
        if (doom(id)) {
            store.delete(id);
        }
    }

    private synchronized boolean doom(SegmentId id) {
        Use use = pinned.get(id);
        if (use != null) {
            use.doomed = true;
            return false;
        }
        SegmentReader reader = idle.remove(id);
        if (reader != null) {
            reader.close();
        }
        return true;
    }

    synchronized void close() {
        idle.values().forEach(SegmentReader::close);
        idle.clear();
        for (Use use : pinned.values()) {
            if (use.reader != null) {
                use.reader.close();
                use.reader = null;
            }
        }
    }
}
