package io.posthorn.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Copies what is still live into new data segments, sorted by log: of the journal's full segments, or of data
/// segments that are mostly dead. Reads as any reader does; what is damaged stays behind.
final class RollOver {
    private final SegmentedJournal journal;
    private final LogTable logs;
    private final LogReader reader;
    private final long ownFrom;

    /// @param ownFrom bytes from which on a log has segments of its own
    RollOver(SegmentedJournal journal, LogTable logs, LogReader reader, long ownFrom) {
        this.journal = journal;
        this.logs = logs;
        this.reader = reader;
        this.ownFrom = ownFrom;
    }

    /// A range of a log that is to be copied.
    private record Live(JournaledLog log, long from, long to, long bytes) {}

    /// Copies the batches of the journal before `position`.
    void copyJournal(long position, DataWriter target) {
        var layout = new DataLayout(ownFrom);
        for (JournaledLog log : logs.all()) {
            Live live = inJournal(log, position);
            if (live.from() < live.to()) {
                layout.add(log, live.bytes());
            }
        }
        for (List<JournaledLog> group : layout.groups()) {
            for (JournaledLog log : group) {
                copy(inJournal(log, position), target);
            }
            target.endSegment();
        }
    }

    private Live inJournal(JournaledLog log, long position) {
        journal.lock();
        try {
            LogIndex index = log.indexOrNull();
            if (index == null) {
                return new Live(log, 0, 0, 0);
            }
            int first = index.findPosition(position);
            long to = first < index.size() ? index.offset(first) : log.end();
            return new Live(log, Math.max(log.start(), index.offset(0)), first == 0 ? 0 : to, index.bytes());
        } finally {
            journal.unlock();
        }
    }

    private void copy(Live live, DataWriter target) {
        long next = live.from();
        while (next < live.to()) {
            next = Math.max(next, start(live.log()));
            try (LogSlice slice = reader.read(live.log(), next, 1 << 20)) {
                if (slice.batches().isEmpty()) {
                    return;
                }
                for (RecordBatch batch : slice.batches()) {
                    if (batch.baseOffset() < live.to()) {
                        target.add(live.log().id().value(), batch.baseOffset(), batch);
                    }
                    next = batch.lastOffset() + 1;
                }
            } catch (LogException.Damaged e) {
                next = Math.max(next + 1, e.nextOffset());
            } catch (LogException.OffsetOutOfRange _) {
                // Trimmed or dropped meanwhile: the next round begins at the new start.
                next = Math.max(next, start(live.log()));
            }
        }
    }

    /// Copies what is live in these data segments, and what is damaged not.
    void copyData(List<DataSegment> segments, DataWriter target) {
        copyData(segments, target, null);
    }

    /// As [#copyData], one log through a filter.
    ///
    /// @throws LogException.Damaged where records of that log are damaged: whoever cleans must have seen them
    void cleanData(List<DataSegment> segments, DataCleaning cleaning, DataWriter target) {
        copyData(segments, target, cleaning);
    }

    private void copyData(List<DataSegment> segments, DataWriter target, @Nullable DataCleaning cleaning) {
        var sources = new DataSegments();
        segments.forEach(sources::add);
        var layout = new DataLayout(ownFrom);
        segments.stream().flatMapToLong(DataSegment::logIds).distinct().forEach(id -> {
            JournaledLog log = logs.get(id);
            if (log != null) {
                layout.add(log, sources.bytes(id, start(log)));
            }
        });
        for (List<JournaledLog> group : layout.groups()) {
            for (JournaledLog log : group) {
                if (cleaning != null && cleaning.log().equals(log)) {
                    clean(cleaning, sources, target);
                } else {
                    copyData(log, sources, target);
                }
            }
            target.endSegment();
        }
    }

    private void copyData(JournaledLog log, DataSegments sources, DataWriter target) {
        long next = start(log);
        while (true) {
            DataSegment.Place place = sources.find(log, next);
            if (place == null) {
                return;
            }
            long covered = Math.max(place.firstOffset(), next);
            try (LogSlice slice = reader.readData(log, place, next)) {
                for (RecordBatch batch : slice.batches()) {
                    target.add(log.id().value(), Math.min(covered, batch.baseOffset()), batch);
                    next = batch.lastOffset() + 1;
                    covered = next;
                }
            } catch (LogException.Damaged e) {
                next = Math.max(next + 1, e.nextOffset());
            }
        }
    }

    private void clean(DataCleaning cleaning, DataSegments sources, DataWriter target) {
        JournaledLog log = cleaning.log();
        var retained = new RetainedBatches(log.id().value(), target);
        long next = start(log);
        for (DataSegment.Place place = sources.find(log, next); place != null; place = sources.find(log, next)) {
            retained.goOnFrom(Math.max(place.firstOffset(), next));
            try (LogSlice slice = reader.readData(log, place, next)) {
                for (RecordBatch batch : slice.batches()) {
                    retained.add(batch, cleaning.retained(batch));
                    next = batch.lastOffset() + 1;
                }
            }
        }
        retained.finish();
    }

    private long start(JournaledLog log) {
        return log.bounds().start();
    }
}
