package io.posthorn.protocol.kafka.transaction;

import org.apache.kafka.common.protocol.Errors;

/// What comes of a request.
sealed interface Decision {
    record Refused(Errors error) implements Decision {}

    /// It is as the request wants it already.
    record Unchanged() implements Decision {}

    /// @param answer to whoever asked, once the change is durable
    record Changed(TransactionalProducer next, Errors answer) implements Decision {}

    /// Nothing can be said before the end that is under way is there.
    record Later() implements Decision {}
}
