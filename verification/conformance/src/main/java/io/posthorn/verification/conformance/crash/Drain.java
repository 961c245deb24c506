package io.posthorn.verification.conformance.crash;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;

/// Looks, after the last restart, for everything that must be there, and takes out what the queues still hold.
///
/// Usage: `Drain URL HISTORY`.
public final class Drain {
    private final Connection connection;
    private final History history;

    private Drain(Connection connection, History history) {
        this.connection = connection;
        this.history = history;
    }

    public static void main(String[] args) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(args[0]);
        factory.setAutomaticRecoveryEnabled(false);
        Path file = Path.of(args[1]);
        List<String> declared = Files.readAllLines(file).stream()
                .map(Event::parse)
                .filter(Event.Declaring.class::isInstance)
                .map(event -> ((Event.Declaring) event).name())
                .toList();
        try (Connection connection = factory.newConnection();
                History history = new History(file)) {
            Drain drain = new Drain(connection, history);
            for (String name : declared) {
                drain.look(name);
            }
            for (String queue : Topology.QUEUES) {
                drain.drain(queue);
            }
        }
    }

    /// A queue counts as found if it is there, and its binding brings it a message.
    private void look(String name) throws IOException, TimeoutException {
        boolean found;
        try (Channel channel = connection.createChannel()) {
            channel.queueDeclarePassive(name);
            channel.basicPublish("amq.direct", name, null, new byte[0]);
            found = channel.basicGet(name, true) != null;
            channel.queueDelete(name);
        } catch (IOException missing) {
            found = false;
        }
        history.add(new Event.Looked(name, found));
    }

    private void drain(String queue) throws IOException, TimeoutException {
        try (Channel channel = connection.createChannel()) {
            AMQP.Queue.DeclareOk there = channel.queueDeclarePassive(queue);
            history.add(new Event.Counted(queue, there.getMessageCount()));
            for (GetResponse got = channel.basicGet(queue, true); got != null; got = channel.basicGet(queue, true)) {
                record(queue, got);
            }
            history.add(new Event.Drained(queue));
        }
    }

    private void record(String queue, GetResponse got) {
        boolean redelivered = got.getEnvelope().isRedeliver();
        history.add(Payload.decode(got.getBody())
                .<Event>map(payload ->
                        new Event.Delivered("drain", queue, payload.publisher(), payload.sequence(), redelivered))
                .orElseGet(() -> new Event.Damaged(queue, got.getBody().length + "-octets")));
    }
}
