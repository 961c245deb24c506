package io.posthorn.verification.conformance.kafka;

import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/// A broker for one room of the programs of foreign clients, and topics for them.
final class ForeignWorld implements AutoCloseable {
    static final int PARTITIONS = 4;

    private final KafkaServer server = KafkaServer.inMemory();
    private final Admin admin = server.admin();
    private final String room;

    /// @param room the name of each client's program
    ForeignWorld(String room) {
        this.room = room;
    }

    KafkaServer server() {
        return server;
    }

    Admin admin() {
        return admin;
    }

    /// What the client's program prints of a feature, on a topic of its own.
    List<String> run(ForeignKafka client, String feature) throws Exception {
        client.assumeAvailable();
        return client.run(server, room, feature, topic(client + "-" + feature));
    }

    /// Makes one.
    String topic(String name) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                .all()
                .get();
        return name;
    }

    @Override
    public void close() {
        admin.close();
        server.close();
    }
}
