package io.posthorn.log;

import io.posthorn.log.Manifest.JournalPart;
import org.jspecify.annotations.Nullable;

/// Reads the journal from the recovery position to its end: rebuilds the logs' bounds and indexes, and gives the
/// state machines what is theirs.
///
/// Entries say themselves at which position they begin, so that a hole in one segment does not move what follows. An
/// entry that was written again by an earlier recovery is met twice, and taken once.
final class JournalReplay {
    private final SegmentStore store;
    private final Manifest manifest;
    private final LogTable logs;
    private final LogReader reader;
    private final JournalSegments segments;
    private final DamageReport damage;
    private final Recovery recovery;
    private long end;
    private @Nullable Bytes lastEntry;

    JournalReplay(
            SegmentStore store,
            Manifest manifest,
            LogTable logs,
            LogReader reader,
            JournalSegments segments,
            DamageReport damage,
            Recovery recovery) {
        this.store = store;
        this.manifest = manifest;
        this.logs = logs;
        this.reader = reader;
        this.segments = segments;
        this.damage = damage;
        this.recovery = recovery;
        this.end = manifest.recoveryPosition();
    }

    long start() {
        return manifest.recoveryPosition();
    }

    /// The position behind the last entry.
    long end() {
        return end;
    }

    /// The bytes of the last entry; null when there is none.
    @Nullable
    Bytes lastEntry() {
        return lastEntry;
    }

    long lastEntrySize() {
        return lastEntry == null ? 0 : lastEntry.length();
    }

    void run() {
        for (JournalPart part : manifest.journal()) {
            try (SegmentReader segment = store.open(part.id())) {
                replay(segment);
            } catch (LogException.Unusable e) {
                damage.damaged("journal %s cannot be read: %s".formatted(part.id(), e.getMessage()));
            }
        }
        for (JournaledLog log : logs.all()) {
            log.startAt(log.start());
        }
    }

    private void replay(SegmentReader segment) {
        EntryTable table = null;
        for (var entry = segment.next(0); entry != null; entry = segment.next(entry.next())) {
            if (entry.bytes().length() < Group.PREAMBLE) {
                damage.damaged("journal %s at %d: too short".formatted(segment.id(), entry.address()));
                continue;
            }
            long position = FrameCodec.int64(entry.bytes(), 0);
            if (table == null) {
                table = new EntryTable(position);
            }
            if (position < table.end() || position - table.firstPosition() > Integer.MAX_VALUE) {
                damage.damaged("journal %s at %d: position %d".formatted(segment.id(), entry.address(), position));
                continue;
            }
            int length = entry.bytes().length() - Group.PREAMBLE;
            table.add(position, entry.address() + Group.PREAMBLE, length);
            if (position + length > end) {
                replayFrames(segment, entry, position);
                end = position + length;
                lastEntry = entry.bytes();
            } else if (position + length == end) {
                lastEntry = entry.bytes();
            }
        }
        if (table != null) {
            segments.add(new JournalSegments.Part(segment.id(), table));
        }
    }

    private void replayFrames(SegmentReader segment, SegmentReader.Entry entry, long position) {
        Bytes bytes = entry.bytes();
        int limit = bytes.offset() + bytes.length();
        int at = bytes.offset() + Group.PREAMBLE;
        long framePosition = position;
        while (at < limit) {
            Frame frame = FrameCodec.decode(bytes.array(), at, limit);
            int length = FrameCodec.length(bytes.array(), at, limit);
            if (frame == null) {
                damage.damaged("journal %s at %d: a frame".formatted(segment.id(), entry.address() + at));
                if (length < 0 || length > limit - at) {
                    return;
                }
            } else if (framePosition >= manifest.recoveryPosition()) {
                if (!apply(frame, framePosition)) {
                    damage.damaged("journal %s at %d: %s".formatted(segment.id(), entry.address() + at, frame));
                }
            }
            at += length;
            framePosition += length;
        }
    }

    /// @return false when the frame says what cannot be
    private boolean apply(Frame frame, long position) {
        return switch (frame) {
            case Frame.Batch(long log, RecordBatch batch) -> recovered(log, batch.baseOffset(), batch, position);
            case Frame.Fanout fanout -> {
                boolean plausible = true;
                for (int i = 0; i < fanout.size(); i++) {
                    plausible &= recovered(fanout.log(i), fanout.baseOffset(i), fanout.batch(), position);
                }
                yield plausible;
            }
            case Frame.Trim(long log, long offset) -> log(log).restore(offset, offset);
            case Frame.Drop(long log) -> {
                logs.remove(new LogId(log));
                yield true;
            }
            case Frame.LogStarts starts -> restore(starts);
            case Frame.State(int machine, Bytes event) -> {
                if (isReplayed(position)) {
                    recovery.replay(machine, event);
                }
                yield true;
            }
            case Frame.SnapshotChunk(int machine, Bytes chunk) -> {
                if (isReplayed(position)) {
                    recovery.restore(machine, chunk);
                }
                yield true;
            }
            // Which snapshot counts is in the manifest.
            case Frame.SnapshotBegin _, Frame.SnapshotEnd _ -> true;
            case Frame.Footer _ -> false;
        };
    }

    private boolean recovered(long log, long baseOffset, RecordBatch batch, long position) {
        if (log <= 0 || baseOffset < 0) {
            return false;
        }
        JournaledLog into = log(log);
        boolean plausible = into.recovered(baseOffset, batch, position, isIndexed(position));
        if (plausible && isReplayed(position)) {
            recovery.batch(into.id(), baseOffset, batch);
        }
        return plausible;
    }

    private boolean restore(Frame.LogStarts starts) {
        boolean plausible = true;
        for (int i = 0; i < starts.size(); i++) {
            plausible &= starts.log(i) > 0 && log(starts.log(i)).restore(starts.start(i), starts.end(i));
        }
        return plausible;
    }

    /// What is before this position was rolled over: its batches are found in data segments.
    private boolean isIndexed(long position) {
        return position >= manifest.rolledPosition();
    }

    /// What is before this position is in the snapshot.
    private boolean isReplayed(long position) {
        return position >= manifest.snapshotPosition();
    }

    private JournaledLog log(long id) {
        return logs.open(new LogId(id), reader);
    }
}
