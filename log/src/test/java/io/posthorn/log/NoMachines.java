package io.posthorn.log;

import java.util.Set;

/// Snapshots of no state machine: only the storage's own part.
public final class NoMachines implements Snapshots {
    @Override
    public void begin(SnapshotWriter writer) {
        // There is nothing to write.
    }

    @Override
    public Set<Integer> machines() {
        return Set.of();
    }
}
