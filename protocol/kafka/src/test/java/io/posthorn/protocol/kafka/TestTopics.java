package io.posthorn.protocol.kafka;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.broker.topic.Topics;
import io.posthorn.protocol.kafka.coordinator.SerialExecutor;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;

/// Makes topics in a world before a client asks for them, and takes them away behind its back.
public final class TestTopics implements AutoCloseable {
    private final SerialExecutor io = new SerialExecutor("test");
    private final BrokerSession session;
    private final Cluster cluster;

    public TestTopics(KafkaWorld world) {
        session = world.broker().open(new SessionSpec("test", Principal.OWNER, "/", io), new Listener());
        cluster = Cluster.of(world.broker());
    }

    public Topic create(String name, int partitions, Map<String, String> config) {
        return this.<Topic>ask((topics, reply) -> topics.create(new TopicSpec(name, partitions, config), reply));
    }

    public Topic create(String name) {
        return create(name, 1, Map.of());
    }

    public void delete(Topic topic) {
        this.<Done>ask((topics, reply) -> topics.delete(topic, reply));
    }

    /// To read with, on any thread.
    public Topics topics() {
        return session.topics();
    }

    public Uuid idOf(Topic topic) {
        return cluster.idOf(topic);
    }

    private <T> T ask(BiConsumer<Topics, Reply<T>> command) {
        var answer = new CompletableFuture<T>();
        io.execute(() -> command.accept(session.topics(), Reply.to(answer)));
        return answer.join();
    }

    @Override
    public void close() {
        io.execute(session::close);
    }

    private static final class Listener implements SessionListener {
        @Override
        public void alarms(Set<Alarm> on) {}

        @Override
        public void acceptsPublishes(boolean open) {}

        @Override
        public void ended(BrokerException cause) {}
    }
}
