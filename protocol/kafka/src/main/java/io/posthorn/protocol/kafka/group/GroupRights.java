package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.security.Permission;
import io.posthorn.broker.topic.Topics;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;

/// What a session's user may do with groups and their topics, in Kafka's words.
///
/// A group is asked for by its name, as if it were a queue's: to take part in it takes the right to read, to delete it
/// or its offsets the right to configure, and any right shows it. Confined to the session's io thread.
record GroupRights(Topics topics) {
    /// GROUP READ.
    boolean mayJoin(String group) {
        return topics.may(Permission.READ, group);
    }

    /// GROUP DELETE.
    boolean mayDelete(String group) {
        return topics.may(Permission.CONFIGURE, group);
    }

    /// GROUP DESCRIBE.
    boolean maySee(String group) {
        return topics.maySee(group);
    }

    /// TOPIC READ.
    boolean mayRead(String topic) {
        return topics.may(Permission.READ, topic);
    }

    /// TOPIC DESCRIBE.
    boolean maySeeTopic(String topic) {
        return topics.maySee(topic);
    }

    /// TRANSACTIONAL_ID WRITE.
    boolean mayWriteAs(String transactionalId) {
        return topics.may(Permission.WRITE, transactionalId);
    }

    /// One bit for each operation that may be done with a group.
    int operations(String group) {
        return Stream.of(AclOperation.READ, AclOperation.DELETE, AclOperation.DESCRIBE)
                .filter(operation -> switch (operation) {
                    case READ -> mayJoin(group);
                    case DELETE -> mayDelete(group);
                    default -> maySee(group);
                })
                .flatMapToInt(operation -> IntStream.of(1 << operation.code()))
                .reduce(0, (bits, bit) -> bits | bit);
    }
}
