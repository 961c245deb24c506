package io.posthorn.protocol.kafka.transaction;

import org.apache.kafka.common.record.internal.RecordBatch;

/// What a producer writes into its batches, so that an older one of its kind can be told from it.
record ProducerIdAndEpoch(long id, short epoch) {
    static final ProducerIdAndEpoch NONE =
            new ProducerIdAndEpoch(RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH);
}
