package io.posthorn.log;

/// A storage on the memory engine, with small segments so that everything happens often, on one thread.
final class World {
    static final StorageOptions SMALL = new StorageOptions(16 << 10, 8 << 10, 8, 16 << 10, 8 << 10, 64 << 10, 0);

    final MemoryFaults faults = new MemoryFaults();
    final MemorySegmentStore store = new MemorySegmentStore(faults);
    final MemoryMetaStore meta = new MemoryMetaStore(faults);
    final StorageOptions options;

    World() {
        this(SMALL);
    }

    World(StorageOptions options) {
        this.options = options;
    }

    JournaledStorage open() {
        return open(new EventRecorder());
    }

    JournaledStorage open(Recovery recovery) {
        return open(recovery, new SignalRecorder());
    }

    JournaledStorage open(Recovery recovery, SignalRecorder signals) {
        var storage = JournaledStorage.open(store, meta, options, StorageThreads.direct(), recovery);
        storage.start(signals, new NoMachines());
        return storage;
    }

    SegmentStore.SegmentId newest(SegmentStore.Kind kind) {
        return store.list().stream()
                .filter(info -> info.kind() == kind && info.bytes() > 0)
                .reduce((first, second) -> second)
                .orElseThrow()
                .id();
    }

    long count(SegmentStore.Kind kind) {
        return store.list().stream().filter(info -> info.kind() == kind).count();
    }
}
