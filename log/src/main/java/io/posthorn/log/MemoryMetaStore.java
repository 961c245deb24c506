package io.posthorn.log;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Facts in memory. They live as long as this object: closing it and opening a storage on it again is a
/// restart.
public final class MemoryMetaStore implements MetaStore {
    private final Map<String, Versioned> facts = new HashMap<>();
    private final MemoryFaults faults;
    private boolean full;

    public MemoryMetaStore() {
        this(new MemoryFaults());
    }

    public MemoryMetaStore(MemoryFaults faults) {
        this.faults = faults;
    }

    /// Whether there is no room for a fact from now on.
    public synchronized void setFull(boolean full) {
        this.full = full;
    }

    @Override
    public synchronized Optional<Versioned> get(String key) {
        return Optional.ofNullable(facts.get(key));
    }

    @Override
    public synchronized long put(String key, Bytes value, long expectedVersion) {
        checkVersion(key, expectedVersion);
        if (full) {
            throw new LogException.StorageFull("no room for " + key);
        }
        faults.run(() -> facts.put(key, new Versioned(value.copy(), expectedVersion + 1)));
        return expectedVersion + 1;
    }

    @Override
    public synchronized void delete(String key, long expectedVersion) {
        checkVersion(key, expectedVersion);
        faults.run(() -> facts.remove(key));
    }

    private void checkVersion(String key, long expectedVersion) {
        Versioned current = facts.get(key);
        if ((current == null ? 0 : current.version()) != expectedVersion) {
            throw new LogException.Fenced(key + " was changed by another owner");
        }
    }

    @Override
    public void close() {
        // Facts outlive the process that is modelled here.
    }
}
