package io.posthorn.protocol.kafka.config;

import io.posthorn.broker.Broker;
import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.topic.TopicDefaults;
import io.posthorn.protocol.kafka.Futures;
import io.posthorn.protocol.kafka.KafkaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What was set of the broker at run time. Each key is a parameter of the virtual host, so operators see it there, and
/// definitions carry it: component `kafka-brokers`, name `log.retention.ms`, value `"86400000"`. What goes for topics
/// the broker reads itself, see [TopicDefaults]. Thread-safe.
public final class KeptBrokerConfigs {
    private final Broker broker;
    private final String virtualHost;

    /// What it was set for. What was set for the node goes first.
    public enum Level {
        NODE(TopicDefaults.OF_NODE),
        CLUSTER(TopicDefaults.OF_CLUSTER);

        private final String component;

        Level(String component) {
            this.component = component;
        }
    }

    public KeptBrokerConfigs(Broker broker, KafkaSettings settings) {
        this.broker = broker;
        this.virtualHost = settings.virtualHost();
    }

    /// What was set and is durable, by key. Anybody with the rights may have written anything into a parameter: what is
    /// no single word is not told.
    public Map<String, String> of(Level level) {
        Map<String, String> config = new TreeMap<>();
        for (Parameter parameter : broker.administration().current().parameters(virtualHost, level.component)) {
            String value = parameter.word();
            if (value != null) {
                config.put(parameter.name(), value);
            }
        }
        return config;
    }

    /// How long, as the first level says it that makes sense: definitions may say anything.
    public Duration millis(String key, Duration otherwise) {
        for (Level level : Level.values()) {
            String text = word(level, key);
            long millis = text == null ? 0 : number(text);
            if (millis > 0) {
                return Duration.ofMillis(millis);
            }
        }
        return otherwise;
    }

    /// 0 for what is none.
    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    private @Nullable String word(Level level, String key) {
        Parameter parameter = broker.administration().current().parameter(virtualHost, level.component, key);
        return parameter == null ? null : parameter.word();
    }

    /// Sets all that is set at a level, at once. Who asks has been found to have the right.
    ///
    /// @param from for people, where it comes from
    /// @return completes when it is durable
    public CompletableFuture<Done> keep(Principal by, String from, Level level, Map<String, String> config) {
        Map<String, String> before = of(level);
        List<AdminChange> changes = new ArrayList<>();
        before.keySet().stream()
                .filter(key -> !config.containsKey(key))
                .forEach(key -> changes.add(new AdminChange.DeleteParameter(virtualHost, level.component, key)));
        config.forEach((key, value) -> {
            if (!value.equals(before.get(key))) {
                changes.add(new AdminChange.PutParameter(
                        new Parameter(virtualHost, level.component, key, '"' + value + '"')));
            }
        });
        var actor = new Actor(new Principal(by.user(), Principal.OWNER.tags()), from);
        return Futures.of(reply -> broker.administration().apply(actor, changes, reply));
    }
}
