package io.posthorn.broker.admin;

import io.posthorn.broker.Arguments;

/// Arguments for every queue or exchange whose name matches, also for those that are there already.
///
/// @param pattern a regular expression that is looked for anywhere in the name
/// @param priority of several that match, the one with the highest counts, alone
/// @param definition keys without `x-`: `message-ttl`, `dead-letter-exchange`
public record Policy(
        Kind kind,
        String virtualHost,
        String name,
        String pattern,
        ApplyTo applyTo,
        int priority,
        Arguments definition) {
    public enum Kind {
        /// Of whoever may make policies.
        USER,
        /// Of operators only; merged over the other, the smaller limit counting.
        OPERATOR
    }

    /// By RabbitMQ's names in lower case.
    public enum ApplyTo {
        ALL,
        QUEUES,
        CLASSIC_QUEUES,
        QUORUM_QUEUES,
        STREAMS,
        EXCHANGES
    }
}
