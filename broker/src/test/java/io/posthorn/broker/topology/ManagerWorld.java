package io.posthorn.broker.topology;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.broker.topic.TopicsListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A manager with a journal and an executor in the test's hands.
final class ManagerWorld implements QueueLifecycle {
    static final SessionId ALICE = new SessionId(1);
    static final SessionId BOB = new SessionId(2);

    final ListJournal journal = new ListJournal();
    final HandDrivenExecutor executor = new HandDrivenExecutor();
    final List<QueueEntry> created = new ArrayList<>();
    final List<QueueEntry> removed = new ArrayList<>();
    final Map<String, String> paused = new HashMap<>();
    final List<QueueEntry> pausedLogs = new ArrayList<>();
    final Map<QueueEntry, Arguments> configured = new HashMap<>();
    final TopicNews news = new TopicNews();
    final List<String> ended = new ArrayList<>();
    final TopologyManager manager;

    ManagerWorld() {
        manager = new TopologyManager(Topology.EMPTY, journal, executor, this, new Random(1));
        manager.start(() -> new UserSpec("guest", null, Set.of("administrator")));
        sync();
    }

    @Override
    public void created(QueueEntry queue, Arguments arguments) {
        created.add(queue);
    }

    @Override
    public void settingsChanged(String virtualHost) {}

    @Override
    public void removed(QueueEntry queue) {
        removed.add(queue);
    }

    @Override
    public void configured(QueueEntry partition, Arguments arguments) {
        configured.put(partition, arguments);
    }

    @Override
    public void topicsChanged(String virtualHost, Consumer<TopicsListener> change) {
        change.accept(news);
    }

    @Override
    public void paused(QueueEntry queue, String reason) {
        paused.put(queue.name(), reason);
        pausedLogs.add(queue);
    }

    @Override
    public void resumed(QueueEntry queue) {
        paused.remove(queue.name());
    }

    @Override
    public void created(DelayEntry exchange) {}

    @Override
    public void removed(DelayEntry exchange) {}

    @Override
    public void virtualHostDeleted(String name) {
        ended.add("vhost " + name);
    }

    @Override
    public void userDeleted(String name) {
        ended.add("user " + name);
    }

    void sync() {
        journal.makeDurable();
        manager.durable();
        executor.runAll();
    }

    /// A durable queue unless said otherwise: `x` exclusive, `t` transient, `a` auto-delete.
    Answer<QueueEntry> declare(String name, String flags, Arguments arguments, SessionId session) {
        var answer = new Answer<QueueEntry>();
        var spec = new QueueSpec(name, !flags.contains("t"), flags.contains("x"), flags.contains("a"), arguments);
        manager.declareQueue("/", spec, session, DeclarePermit.ALL, answer);
        return answer;
    }

    Answer<QueueEntry> declare(String name, String flags) {
        return declare(name, flags, Arguments.NONE, ALICE);
    }

    Answer<QueueEntry> declare(String name) {
        return declare(name, "");
    }

    Answer<Topic> createTopic(String name, int partitions, Map<String, String> config) {
        var answer = new Answer<Topic>();
        manager.createTopic("/", new TopicSpec(name, partitions, config), false, answer);
        return answer;
    }

    Answer<Topic> createTopic(String name, int partitions) {
        return createTopic(name, partitions, Map.of());
    }

    Answer<Topic> addPartitions(Topic topic, int partitions) {
        var answer = new Answer<Topic>();
        manager.addPartitions((TopicEntry) topic, partitions, answer);
        return answer;
    }

    Answer<Topic> configure(Topic topic, Map<String, String> config) {
        var answer = new Answer<Topic>();
        manager.configureTopic((TopicEntry) topic, config, answer);
        return answer;
    }

    /// The topic of this name as it is now; there is one.
    TopicEntry topic(String name) {
        return Objects.requireNonNull(host().seenTopic(name));
    }

    Answer<Done> delete(QueueEntry queue) {
        var answer = new Answer<Done>();
        manager.deleteQueue(queue, answer);
        return answer;
    }

    /// A durable exchange unless said otherwise: `t` transient, `a` auto-delete, `i` internal.
    Answer<Done> exchange(String name, String type, String flags, Arguments arguments) {
        var answer = new Answer<Done>();
        manager.declareExchange(
                "/",
                new ExchangeSpec(name, type, !flags.contains("t"), flags.contains("a"), flags.contains("i"), arguments),
                DeclarePermit.ALL,
                answer);
        return answer;
    }

    Answer<Done> exchange(String name, String type, String flags) {
        return exchange(name, type, flags, Arguments.NONE);
    }

    Answer<Done> deleteExchange(String name, boolean ifUnused) {
        var answer = new Answer<Done>();
        manager.deleteExchange("/", name, ifUnused, answer);
        return answer;
    }

    Answer<Done> bind(BindingSpec binding) {
        var answer = new Answer<Done>();
        manager.bind("/", binding, ALICE, answer);
        return answer;
    }

    Answer<Done> unbind(BindingSpec binding) {
        var answer = new Answer<Done>();
        manager.unbind("/", binding, ALICE, answer);
        return answer;
    }

    Answer<Done> endSession(SessionId session) {
        var answer = new Answer<Done>();
        manager.endSession(session, answer);
        return answer;
    }

    VirtualHost host() {
        return manager.current().virtualHost("/");
    }

    /// After a crash, with all that was durable.
    Topology recovered() {
        return journal.recover(0, journal.durableEnd());
    }

    static BindingSpec toQueue(String source, String queue, String key) {
        return new BindingSpec(source, Destination.QUEUE, queue, key, Arguments.NONE);
    }

    static BindingSpec toQueue(String source, String queue, String key, Arguments arguments) {
        return new BindingSpec(source, Destination.QUEUE, queue, key, arguments);
    }

    static BindingSpec toExchange(String source, String exchange, String key) {
        return new BindingSpec(source, Destination.EXCHANGE, exchange, key, Arguments.NONE);
    }

    static Arguments arguments(@Nullable Object... namesAndValues) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return new Arguments(values);
    }
}
