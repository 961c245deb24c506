package io.posthorn.protocol.kafka.produce;

import java.io.Serial;
import java.util.List;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.protocol.Errors;

/// A batch that is not taken, and what its producer is told.
final class RefusedBatch extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Errors error;
    private final transient List<BatchIndexAndErrorMessage> records;

    RefusedBatch(Errors error, String message) {
        this(error, message, List.of());
    }

    /// @param records those at fault, where single ones are
    RefusedBatch(Errors error, String message, List<BatchIndexAndErrorMessage> records) {
        super(message, null, false, false);
        this.error = error;
        this.records = records;
    }

    Errors error() {
        return error;
    }

    List<BatchIndexAndErrorMessage> records() {
        return records;
    }
}
