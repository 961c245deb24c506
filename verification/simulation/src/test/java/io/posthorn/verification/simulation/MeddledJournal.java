package io.posthorn.verification.simulation;

import io.posthorn.log.Bytes;
import io.posthorn.log.Journal;
import io.posthorn.log.LogStorage;
import io.posthorn.log.Snapshots;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Journals that forget, confuse or hurry, and snapshots that do.
final class MeddledJournal {
    /// Events of shards that may be forgotten, by their first byte.
    static final byte RETURNED = 5;
    static final byte KEYED = 8;
    static final byte DESCRIBED = 16;
    static final byte EXPIRING = 24;
    static final byte APPENDED = 25;

    private MeddledJournal() {}

    /// The storage as it is, with another journal.
    static final class Replaced extends ForwardingStorage {
        private final Journal journal;

        Replaced(LogStorage storage, Journal journal) {
            super(storage);
            this.journal = journal;
        }

        @Override
        public Journal journal() {
            return journal;
        }
    }

    /// Does not append what begins with an event of some kind, as the shards write them.
    static final class Forgetful extends ForwardingStorage.ForwardingJournal {
        private final Set<Byte> forgotten;

        Forgetful(Journal journal, Byte... forgotten) {
            super(journal);
            this.forgotten = Set.of(forgotten);
        }

        @Override
        public long append(int machine, Bytes event, boolean sync) {
            boolean ofShard = machine > 0;
            return ofShard && forgotten.contains(event.asByteBuffer().get())
                    ? journal.end()
                    : journal.append(machine, event, sync);
        }
    }

    /// Appends now and then an event before the one that came before it.
    static final class Reordering extends ForwardingStorage.ForwardingJournal {
        private int held;
        private @Nullable Bytes heldEvent;
        private int appends;

        Reordering(Journal journal) {
            super(journal);
        }

        @Override
        public long append(int machine, Bytes event, boolean sync) {
            Bytes late = heldEvent;
            if (late == null && ++appends % 5 == 0) {
                held = machine;
                heldEvent = event;
                return journal.end();
            }
            long end = journal.append(machine, event, sync);
            if (late == null) {
                return end;
            }
            heldEvent = null;
            return journal.append(held, late, sync);
        }
    }

    /// Says that everything is written before it is.
    record HastySnapshots(Snapshots states) implements Snapshots {
        @Override
        public void begin(SnapshotWriter writer) {
            states.machines().forEach(writer::done);
            states.begin(new SnapshotWriter() {
                @Override
                public void chunk(int machine, Bytes chunk) {
                    writer.chunk(machine, chunk);
                }

                @Override
                public void done(int machine) {
                    // said before
                }

                @Override
                public void failed(int machine) {
                    writer.failed(machine);
                }
            });
        }

        @Override
        public Set<Integer> machines() {
            return states.machines();
        }
    }
}
