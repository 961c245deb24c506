package io.posthorn.protocol.kafka.fetch;

import org.apache.kafka.common.protocol.Errors;

/// The epoch of every partition's leader: there is one node, and what it has shown it never takes
/// back.
final class LeaderEpoch {
    static final int CURRENT = 0;

    /// A client that says nothing about it.
    private static final int NONE = -1;

    private LeaderEpoch() {}

    /// What is wrong with what a client believes.
    static Errors check(int believed) {
        if (believed == NONE || believed == CURRENT) {
            return Errors.NONE;
        }
        return believed < CURRENT ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH;
    }
}
