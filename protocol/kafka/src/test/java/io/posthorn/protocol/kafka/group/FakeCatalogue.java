package io.posthorn.protocol.kafka.group;

import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicDefaults;
import io.posthorn.protocol.kafka.FakePartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Some topics, as they are at one instant.
record FakeCatalogue(List<Topic> all) implements Catalogue {
    static FakeCatalogue of(FakeTopic... topics) {
        return new FakeCatalogue(List.of(topics));
    }

    @Override
    public Collection<Topic> topics() {
        return all;
    }

    @Override
    public @Nullable Topic named(String name) {
        return all.stream()
                .filter(topic -> topic.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Override
    public @Nullable Topic identified(long id) {
        return all.stream().filter(topic -> topic.id() == id).findFirst().orElse(null);
    }

    record FakeTopic(String name, long id, int count) implements Topic {
        @Override
        public Kind kind() {
            return Kind.TOPIC;
        }

        @Override
        public List<Partition> partitions() {
            return IntStream.range(0, count)
                    .<Partition>mapToObj(index -> new FakePartition(name, index))
                    .toList();
        }

        @Override
        public Map<String, String> config() {
            return Map.of();
        }
    }

    @Override
    public TopicDefaults defaults() {
        return TopicDefaults.NONE;
    }
}
