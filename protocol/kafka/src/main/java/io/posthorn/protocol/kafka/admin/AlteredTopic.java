package io.posthorn.protocol.kafka.admin;

import io.posthorn.broker.topic.Topic;
import io.posthorn.protocol.kafka.Futures;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/// A topic whose configuration is about to change.
record AlteredTopic(KafkaRequest request, Topic topic, TopicConfigs configs) implements AlteredResource {
    /// @throws ApiException
    static AlteredTopic of(KafkaRequest request, String name, KafkaRights rights, TopicConfigs configs) {
        if (!rights.mayConfigure(name)) {
            throw Errors.TOPIC_AUTHORIZATION_FAILED.exception();
        }
        Topic topic = request.topics().catalogue().named(name);
        if (topic == null) {
            throw Errors.UNKNOWN_TOPIC_OR_PARTITION.exception("The topic '" + name + "' does not exist.");
        }
        if (topic.kind() != Topic.Kind.TOPIC) {
            throw Errors.INVALID_CONFIG.exception("'" + name + "' is a queue, and configured as queues are");
        }
        return new AlteredTopic(request, topic, configs);
    }

    @Override
    public Map<String, String> config() {
        return topic.config();
    }

    @Override
    public boolean isList(String key) {
        return TopicConfigs.isList(key);
    }

    @Override
    public String defaultOf(String key) {
        return configs.defaultOf(key);
    }

    @Override
    public Map<String, String> checked(Map<String, String> next) {
        ApiError error = TopicConfigs.validate(next);
        if (error.isFailure()) {
            String message = error.message();
            throw message == null ? error.error().exception() : error.error().exception(message);
        }
        return TopicConfigs.plain(next);
    }

    @Override
    public CompletableFuture<Object> keep(Map<String, String> next) {
        return Futures.of(reply -> request.topics().configure(topic, next, new Widened<>(reply)));
    }
}
