package io.posthorn.protocol.kafka;

import io.posthorn.broker.Broker;
import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Reply;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.topic.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;

/// The name by which clients know that they speak to the same broker as before, and the ids of its topics.
///
/// @param id kept in the broker as a global parameter, from the first time that it is asked for
/// @param topicPrefix the first half of every topic's id
public record Cluster(String id, long topicPrefix) {
    private static final String PARAMETER = "kafka_cluster_id";

    public Cluster(String id) {
        this(id, prefix(id));
    }

    /// Finds the id, or makes one that is durable when this returns. Blocks.
    public static Cluster of(Broker broker) {
        for (Parameter parameter : broker.administration().current().globalParameters()) {
            if (parameter.name().equals(PARAMETER)) {
                return new Cluster(parameter.json().replace("\"", ""));
            }
        }
        String id = Uuid.randomUuid().toString();
        var kept = new CompletableFuture<Done>();
        var change = new AdminChange.PutParameter(new Parameter(null, "", PARAMETER, '"' + id + '"'));
        broker.administration().apply(new Actor(Principal.OWNER, "kafka"), List.of(change), Reply.to(kept));
        kept.join();
        return new Cluster(id);
    }

    /// What clients know a topic by, beside its name.
    public Uuid idOf(Topic topic) {
        return new Uuid(topicPrefix, topic.id());
    }

    /// The broker's number of that topic; -1, which is none, when the id is not one of ours.
    public long numberOf(Uuid id) {
        return id.getMostSignificantBits() == topicPrefix ? id.getLeastSignificantBits() : -1;
    }

    // Some ids have a meaning in Kafka, and all of those begin with zeros.
    private static long prefix(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong() | 1L << 62;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
