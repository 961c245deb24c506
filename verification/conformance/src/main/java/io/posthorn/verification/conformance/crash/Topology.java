package io.posthorn.verification.conformance.crash;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.List;

/// The queues under load, and which publisher fills which.
final class Topology {
    static final String SOLO = "crash-solo";
    static final String SHARED = "crash-shared";
    static final String FANOUT = "crash-fanout";
    static final List<String> QUEUES = List.of(SOLO, SHARED);

    /// One to each queue, and one to both through an exchange.
    static final List<Publisher> PUBLISHERS = List.of(
            new Publisher("p1", "", SOLO, List.of(SOLO)),
            new Publisher("p2", "", SHARED, List.of(SHARED)),
            new Publisher("p3", FANOUT, "", QUEUES));

    record Publisher(String name, String exchange, String routingKey, List<String> queues) {}

    private Topology() {}

    static List<String> queuesOf(String publisher) {
        return PUBLISHERS.stream()
                .filter(candidate -> candidate.name().equals(publisher))
                .findFirst()
                .orElseThrow()
                .queues();
    }

    static void declare(Channel channel) throws IOException {
        channel.exchangeDeclare(FANOUT, "fanout", true);
        for (String queue : QUEUES) {
            channel.queueDeclare(queue, true, false, false, null);
            channel.queueBind(queue, FANOUT, "");
        }
    }
}
