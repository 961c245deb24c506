package io.posthorn.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Copies what is still live into new data segments, sorted by log: of the journal's full segments, or of data
/// segments that are mostly dead. Reads as any reader does; what is damaged stays behind.
final class RollOver {
    private final SegmentedJournal journal;
    private final LogTable logs;
    private final LogReader reader;

    RollOver(SegmentedJournal journal, LogTable logs, LogReader reader) {
        this.journal = journal;
        this.logs = logs;
        this.reader = reader;
    }

    /// A range of a log that is to be copied.
    private record Live(JournaledLog log, long from, long to) {}

    /// Copies the batches of the journal before `position`.
    void copyJournal(long position, DataWriter target) {
        for (JournaledLog log : sortedLogs()) {
            Live live = inJournal(log, position);
            if (live.from() < live.to()) {
                copy(live, target);
            }
        }
    }

    private List<JournaledLog> sortedLogs() {
        var sorted = new ArrayList<>(logs.all());
        sorted.sort(Comparator.comparingLong(log -> log.id().value()));
        return sorted;
    }

    private Live inJournal(JournaledLog log, long position) {
        journal.lock();
        try {
            LogIndex index = log.indexOrNull();
            if (index == null) {
                return new Live(log, 0, 0);
            }
            int first = index.findPosition(position);
            long to = first < index.size() ? index.offset(first) : log.end();
            return new Live(log, Math.max(log.start(), index.offset(0)), first == 0 ? 0 : to);
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
                        target.add(live.log().id().value(), batch);
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

    /// Copies what is live in these data segments.
    void copyData(List<DataSegment> segments, DataWriter target) {
        var sources = new DataSegments();
        segments.forEach(sources::add);
        long[] ids = segments.stream()
                .flatMapToLong(DataSegment::logIds)
                .sorted()
                .distinct()
                .toArray();
        for (long id : ids) {
            JournaledLog log = logs.get(id);
            if (log != null) {
                copyData(log, sources, target);
            }
        }
    }

    private void copyData(JournaledLog log, DataSegments sources, DataWriter target) {
        long next = start(log);
        while (true) {
            DataSegment.Place place = sources.find(log, next);
            if (place == null) {
                return;
            }
            try (LogSlice slice = reader.readData(log, place, next)) {
                for (RecordBatch batch : slice.batches()) {
                    target.add(log.id().value(), batch);
                    next = batch.lastOffset() + 1;
                }
            } catch (LogException.Damaged e) {
                next = Math.max(next + 1, e.nextOffset());
            }
        }
    }

    private long start(JournaledLog log) {
        return log.bounds().start();
    }
}
