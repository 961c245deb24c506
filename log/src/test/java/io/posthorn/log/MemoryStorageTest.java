package io.posthorn.log;

/// The contract, on segments in memory and one thread.
class MemoryStorageTest extends LogStorageContract {
    private final MemoryFaults faults = new MemoryFaults();
    private final MemorySegmentStore store = new MemorySegmentStore(faults);
    private final MemoryMetaStore meta = new MemoryMetaStore(faults);

    @Override
    protected LogStorage open(Recovery recovery) {
        return JournaledStorage.open(store, meta, StorageOptions.inMemory(), StorageThreads.direct(), recovery);
    }

    @Override
    protected void crash(LogStorage storage) {
        // A process that is gone does nothing more; one that is not is fenced by the next opening.
    }
}
