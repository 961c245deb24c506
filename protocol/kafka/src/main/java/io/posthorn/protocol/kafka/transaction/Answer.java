package io.posthorn.protocol.kafka.transaction;

import org.apache.kafka.common.protocol.Errors;

/// @param producer who the producer is from now on; none with an error
record Answer(Errors error, ProducerIdAndEpoch producer) {
    static Answer refused(Errors error) {
        return new Answer(error, ProducerIdAndEpoch.NONE);
    }
}
