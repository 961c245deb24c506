package io.posthorn.protocol.kafka.transaction;

import io.posthorn.broker.Principal;
import io.posthorn.broker.security.Permission;
import io.posthorn.broker.security.Tags;
import io.posthorn.broker.topic.Topics;

/// What a session's user may do with transactional ids, in Kafka's words.
///
/// A transactional id is asked for by its name, as if it were a queue's: to use it takes the right to
/// write, and any right shows it. What only brokers do among themselves is the administrators'. Confined to
/// the session's io thread.
record TransactionRights(Topics topics, Principal principal) {
    /// TRANSACTIONAL_ID WRITE.
    boolean mayUse(String transactionalId) {
        return topics.may(Permission.WRITE, transactionalId);
    }

    /// TRANSACTIONAL_ID DESCRIBE.
    boolean maySee(String transactionalId) {
        return topics.maySee(transactionalId);
    }

    /// TOPIC WRITE.
    boolean mayWrite(String topic) {
        return topics.may(Permission.WRITE, topic);
    }

    /// TOPIC DESCRIBE.
    boolean maySeeTopic(String topic) {
        return topics.maySee(topic);
    }

    /// GROUP READ.
    boolean mayJoin(String group) {
        return topics.may(Permission.READ, group);
    }

    /// CLUSTER ALTER, or CLUSTER CLUSTER_ACTION.
    boolean mayActForBroker() {
        return Tags.isAdministrator(principal);
    }
}
