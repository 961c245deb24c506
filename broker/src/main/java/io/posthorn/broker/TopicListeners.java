package io.posthorn.broker;

import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicsListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Who hears which topics there are, by virtual host. Thread-safe.
final class TopicListeners {
    private final Map<String, List<TopicsListener>> byHost = new ConcurrentHashMap<>();

    /// @return ends it
    AutoCloseable add(String virtualHost, TopicsListener listener) {
        List<TopicsListener> all = byHost.computeIfAbsent(virtualHost, _ -> new CopyOnWriteArrayList<>());
        all.add(listener);
        return () -> all.remove(listener);
    }

    /// Whether anybody listens at all.
    boolean isEmpty() {
        return byHost.isEmpty();
    }

    void created(String virtualHost, Topic topic) {
        tell(virtualHost, listener -> listener.created(topic));
    }

    void changed(String virtualHost, Topic topic) {
        tell(virtualHost, listener -> listener.changed(topic));
    }

    void removed(String virtualHost, Topic topic) {
        tell(virtualHost, listener -> listener.removed(topic));
    }

    private void tell(String virtualHost, Consumer<TopicsListener> news) {
        byHost.getOrDefault(virtualHost, List.of()).forEach(news);
    }
}
