package io.posthorn.protocol.kafka.config;

import io.posthorn.broker.Broker;
import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.protocol.kafka.Futures;
import io.posthorn.protocol.kafka.KafkaSettings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Configurations of groups that were set at run time. Each is a parameter of the virtual host, so operators
/// see it there, and definitions carry it: component `kafka-group`, name `orders`, value
/// `{"consumer.session.timeout.ms":"50000"}`. Thread-safe.
public final class KeptGroupConfigs {
    private static final String COMPONENT = "kafka-group";

    /// Configurations come and go; what is forgotten is only read once more.
    private static final int MOST = 20_000;

    private static final System.Logger LOG = System.getLogger(KeptGroupConfigs.class.getName());
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<TreeMap<String, @Nullable String>> TEXTS = new TypeReference<>() {};

    private final Broker broker;
    private final String virtualHost;
    private final Map<Parameter, Map<String, String>> read = new ConcurrentHashMap<>();

    public KeptGroupConfigs(Broker broker, KafkaSettings settings) {
        this.broker = broker;
        this.virtualHost = settings.virtualHost();
    }

    /// What was set for a group and is durable; empty where nothing was.
    public Map<String, String> of(String group) {
        Parameter parameter = broker.administration().current().parameter(virtualHost, COMPONENT, group);
        if (parameter == null) {
            return Map.of();
        }
        Map<String, String> known = read.get(parameter);
        if (known != null) {
            return known;
        }
        if (read.size() >= MOST) {
            read.clear();
        }
        Map<String, String> config = read(parameter);
        read.put(parameter, config);
        return config;
    }

    /// Anybody with the rights may have written anything into a parameter.
    private static Map<String, String> read(Parameter parameter) {
        try {
            var config = new TreeMap<String, String>();
            JSON.readValue(parameter.json(), TEXTS).forEach((name, value) -> {
                if (value != null) {
                    config.put(name, value);
                }
            });
            return Map.copyOf(config);
        } catch (JacksonException unreadable) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "parameter '%s' of '%s' is no configuration and does nothing: %s"
                            .formatted(parameter.name(), parameter.component(), unreadable.getOriginalMessage()));
            return Map.of();
        }
    }

    /// For which groups something was set.
    public List<String> names() {
        return broker.administration().current().parameters(virtualHost, COMPONENT).stream()
                .map(Parameter::name)
                .toList();
    }

    /// Sets all of a group's configuration. Who asks has been found to have the right.
    ///
    /// @param from for people, where it comes from
    /// @return completes when it is durable
    public CompletableFuture<Done> keep(Principal by, String from, String group, Map<String, String> config) {
        boolean isThere = broker.administration().current().parameter(virtualHost, COMPONENT, group) != null;
        if (config.isEmpty() && !isThere) {
            return CompletableFuture.completedFuture(Done.DONE);
        }
        AdminChange change = config.isEmpty()
                ? new AdminChange.DeleteParameter(virtualHost, COMPONENT, group)
                : new AdminChange.PutParameter(
                        new Parameter(virtualHost, COMPONENT, group, JSON.writeValueAsString(new TreeMap<>(config))));
        var actor = new Actor(new Principal(by.user(), Principal.OWNER.tags()), from);
        return Futures.of(reply -> broker.administration().apply(actor, List.of(change), reply));
    }
}
