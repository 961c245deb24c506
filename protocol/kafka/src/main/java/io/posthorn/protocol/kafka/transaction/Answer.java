package io.posthorn.protocol.kafka.transaction;

import org.apache.kafka.common.protocol.Errors;

/// @param producer who the producer is from now on; none with an error
record Answer(Errors error, ProducerIdAndEpoch producer) {
    static Answer refused(Errors error) {
        return new Answer(error, ProducerIdAndEpoch.NONE);
    }

    /// Clients that are older than PRODUCER_FENCED stop when they hear what it was called before.
    Errors errorFor(short version, short knowsFenced) {
        return error == Errors.PRODUCER_FENCED && version < knowsFenced ? Errors.INVALID_PRODUCER_EPOCH : error;
    }
}
