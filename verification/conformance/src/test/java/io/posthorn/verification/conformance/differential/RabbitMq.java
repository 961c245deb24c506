package io.posthorn.verification.conformance.differential;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/// The RabbitMQ of this run: one that is there, or one of our own.
record RabbitMq(URI url, Optional<RabbitMqNode> node) implements AutoCloseable {
    /// Skips the test when `differential.rabbitmq` names none.
    static RabbitMq named() throws IOException, InterruptedException {
        String named = System.getProperty("differential.rabbitmq", "");
        assumeTrue(!named.isEmpty(), "-Ddifferential.rabbitmq=amqp://... or =start names the RabbitMQ to compare with");
        if (!named.equals("start")) {
            return new RabbitMq(URI.create(named), Optional.empty());
        }
        assumeTrue(RabbitMqNode.isInstalled(), "there is no rabbitmq-server here");
        RabbitMqNode node = RabbitMqNode.start();
        return new RabbitMq(node.url(), Optional.of(node));
    }

    @Override
    public void close() {
        node.ifPresent(RabbitMqNode::close);
    }
}
