package io.posthorn.broker;

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

    void tell(String virtualHost, Consumer<TopicsListener> news) {
        byHost.getOrDefault(virtualHost, List.of()).forEach(news);
    }
}
