package io.posthorn.protocol.kafka;

import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.Principal;
import io.posthorn.broker.security.Permission;
import io.posthorn.broker.security.ResourceRights;
import io.posthorn.broker.security.Tags;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;

/// What one user may do, in Kafka's words: the common rights under other names. Confined to one thread.
///
/// A topic is read with the permission to read, produced to with that to write, and everything else is done
/// to it with that to configure. Groups are names like others: who may read a name may be in the group of
/// that name; and whoever may write a name may use it as a transactional id. What concerns the whole
/// cluster is the administrators'.
public final class KafkaRights {
    private final Principal user;
    private final ResourceRights rights;

    private KafkaRights(Principal user, ResourceRights rights) {
        this.user = user;
        this.rights = rights;
    }

    /// What the user of the request may do now, for any one thread.
    public static KafkaRights of(KafkaRequest request, Surroundings surroundings) {
        Principal user = request.principal();
        return new KafkaRights(
                user,
                surroundings
                        .broker()
                        .access()
                        .rights(user, surroundings.settings().virtualHost()));
    }

    public boolean mayRead(String topic) {
        return may(Permission.READ, topic);
    }

    public boolean mayWrite(String topic) {
        return may(Permission.WRITE, topic);
    }

    /// Create, delete, alter, and write its configuration, which everybody may read who may see the topic.
    public boolean mayConfigure(String topic) {
        return may(Permission.CONFIGURE, topic);
    }

    /// Kafka's DESCRIBE: whoever may do anything with it may see it.
    public boolean maySee(String topic) {
        return mayRead(topic) || mayWrite(topic) || mayConfigure(topic);
    }

    public boolean mayUseGroup(String group) {
        return may(Permission.READ, group);
    }

    /// Kafka's ALTER, ALTER_CONFIGS and CLUSTER_ACTION on the cluster.
    public boolean mayAdminister() {
        return Tags.isAdministrator(user);
    }

    /// Kafka's DESCRIBE and DESCRIBE_CONFIGS on the cluster.
    public boolean mayMonitor() {
        return Tags.mayMonitor(user);
    }

    private boolean may(Permission permission, String name) {
        try {
            rights.checkQueue(permission, name);
            return true;
        } catch (AccessRefused _) {
            return false;
        }
    }

    /// As the bits of a field of authorized operations.
    public int operationsOnTopic(String topic) {
        var operations = EnumSet.noneOf(AclOperation.class);
        if (mayRead(topic)) {
            operations.add(AclOperation.READ);
        }
        if (mayWrite(topic)) {
            operations.add(AclOperation.WRITE);
        }
        if (mayConfigure(topic)) {
            operations.addAll(
                    Set.of(AclOperation.CREATE, AclOperation.DELETE, AclOperation.ALTER, AclOperation.ALTER_CONFIGS));
        }
        if (!operations.isEmpty()) {
            operations.addAll(Set.of(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS));
        }
        return bits(operations);
    }

    /// As the bits of a field of authorized operations.
    public int operationsOnCluster() {
        var operations = EnumSet.of(AclOperation.IDEMPOTENT_WRITE);
        if (mayMonitor()) {
            operations.addAll(Set.of(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS));
        }
        if (mayAdminister()) {
            operations.addAll(Set.of(
                    AclOperation.CREATE, AclOperation.ALTER, AclOperation.ALTER_CONFIGS, AclOperation.CLUSTER_ACTION));
        }
        return bits(operations);
    }

    private static int bits(Set<AclOperation> operations) {
        int bits = 0;
        for (AclOperation operation : operations) {
            bits |= 1 << operation.code();
        }
        return bits;
    }
}
