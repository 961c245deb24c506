package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.protocol.kafka.RecordBytes;

/// Batches of one partition that were found for a client, until they are sent or given up. Confined to one
/// thread at a time.
interface FoundRecords extends RecordBytes {
    /// How many batches.
    int count();

    /// Behind the last of them.
    long nextOffset();

    /// As they were when the batches were chosen.
    PartitionBounds bounds();

    /// How many bytes of memory they keep until they are let go: what is sent of them, and what lies around it.
    int held();

    /// Lets go of the memory, unless that was done.
    void close();

    @Override
    default void copied() {
        close();
    }
}
