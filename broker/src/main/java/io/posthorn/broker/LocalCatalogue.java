package io.posthorn.broker;

import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicDefaults;
import io.posthorn.broker.topology.VirtualHost;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// The topics of a virtual host as the topology has them.
record LocalCatalogue(VirtualHost host) implements Catalogue {
    @Override
    public Collection<Topic> topics() {
        return host.seenTopics();
    }

    @Override
    public @Nullable Topic named(String name) {
        return host.seenTopic(name);
    }

    @Override
    public @Nullable Topic identified(long id) {
        return host.seenTopic(id);
    }

    @Override
    public TopicDefaults defaults() {
        return host.topicDefaults();
    }
}
