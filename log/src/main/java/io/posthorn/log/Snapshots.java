package io.posthorn.log;

/// The state machines' part of a snapshot.
///
/// A snapshot lies in the journal itself, between a begin and an end mark, interleaved with normal work. Each
/// machine writes its state as chunks; a chunk replaces, at recovery, everything that earlier chunks and
/// events said of the same thing, and events that follow it apply to it. So a machine may take its time: it
/// writes a slice, works, writes the next.
public interface Snapshots {
    /// Asks every machine to write its state. Called from a thread of the storage: it only wakes the machines
    /// up.
    ///
    /// @param writer where they write, each from its own thread
    void begin(SnapshotWriter writer);

    /// Where the machines write one snapshot. Thread-safe.
    interface SnapshotWriter {
        int LARGEST_CHUNK = 1 << 20;

        /// Appends one chunk at the journal's end.
        ///
        /// @throws IllegalArgumentException when it is larger than [#LARGEST_CHUNK]
        void chunk(int machine, Bytes chunk);

        /// This machine has written everything. Once all have, and that is durable, older journal may be
        /// freed.
        void done(int machine);

        /// This machine cannot write all of its state, so this snapshot never counts. The older journal is kept, until
        /// another snapshot has come to its end.
        void failed(int machine);
    }

    /// Machines that must each say `done`.
    java.util.Set<Integer> machines();
}
