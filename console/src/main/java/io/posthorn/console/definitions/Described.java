package io.posthorn.console.definitions;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is declared and decided, as members of JSON objects by RabbitMQ's names: in files and in answers alike.
///
/// Values are text, numbers, booleans, null, trees of JSON, and maps and lists of these.
public final class Described {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Described() {}

    public static Map<String, @Nullable Object> virtualHost(VirtualHostSpec host) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("name", host.name());
        members.put("description", host.description());
        members.put("tags", host.tags());
        // RabbitMQ's word for none.
        members.put("default_queue_type", host.defaultQueueType() == null ? "undefined" : host.defaultQueueType());
        members.put("metadata", metadata(host));
        members.put("tracing", host.tracing());
        members.put("protected_from_deletion", host.isProtected());
        return members;
    }

    public static Map<String, @Nullable Object> metadata(VirtualHostSpec host) {
        var metadata = new LinkedHashMap<String, @Nullable Object>();
        metadata.put("description", host.description());
        metadata.put("tags", host.tags());
        if (host.defaultQueueType() != null) {
            metadata.put("default_queue_type", host.defaultQueueType());
        }
        if (host.isProtected()) {
            metadata.put("protected_from_deletion", true);
        }
        return metadata;
    }

    public static Map<String, @Nullable Object> user(UserSpec user, Map<String, Long> limits) {
        var credential = CredentialText.of(user.credential());
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("name", user.name());
        members.put("password_hash", credential.passwordHash());
        members.put("hashing_algorithm", credential.hashingAlgorithm());
        members.put("tags", List.copyOf(new TreeSet<>(user.tags())));
        members.put("limits", limits);
        return members;
    }

    public static Map<String, @Nullable Object> permissions(String user, String host, PermissionPatterns patterns) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("user", user);
        members.put("vhost", host);
        members.put("configure", patterns.configure());
        members.put("write", patterns.write());
        members.put("read", patterns.read());
        return members;
    }

    public static Map<String, @Nullable Object> topicPermissions(
            String user, String host, String exchange, TopicPatterns patterns) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("user", user);
        members.put("vhost", host);
        members.put("exchange", exchange);
        members.put("write", patterns.write());
        members.put("read", patterns.read());
        return members;
    }

    public static Map<String, @Nullable Object> policy(Policy policy) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("vhost", policy.virtualHost());
        members.put("name", policy.name());
        members.putAll(policyValue(policy));
        return members;
    }

    /// As RabbitMQ keeps it among the parameters.
    public static Map<String, @Nullable Object> policyValue(Policy policy) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("pattern", policy.pattern());
        members.put("apply-to", Policies.text(policy.applyTo()));
        members.put("definition", arguments(policy.definition()));
        members.put("priority", policy.priority());
        return members;
    }

    public static Map<String, @Nullable Object> parameter(Parameter parameter) {
        String host = parameter.virtualHost();
        var value = json(parameter);
        return host == null
                ? globalParameter(parameter.name(), value)
                : parameter(host, parameter.component(), parameter.name(), value);
    }

    /// @param value as [Described] has values
    public static Map<String, @Nullable Object> parameter(
            String host, String component, String name, @Nullable Object value) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("value", value);
        members.put("vhost", host);
        members.put("component", component);
        members.put("name", name);
        return members;
    }

    private static Map<String, @Nullable Object> globalParameter(String name, JsonNode value) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("name", name);
        members.put("value", value);
        return members;
    }

    /// The value of a parameter.
    public static JsonNode json(Parameter parameter) {
        return MAPPER.readTree(parameter.json());
    }

    public static Map<String, @Nullable Object> queue(String host, QueueSpec queue) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("name", queue.name());
        members.put("vhost", host);
        members.put("durable", queue.durable());
        members.put("auto_delete", queue.autoDelete());
        members.put("arguments", arguments(queue.arguments()));
        return members;
    }

    public static Map<String, @Nullable Object> exchange(String host, ExchangeSpec exchange) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("name", exchange.name());
        members.put("vhost", host);
        members.put("type", exchange.type());
        members.put("durable", exchange.durable());
        members.put("auto_delete", exchange.autoDelete());
        members.put("internal", exchange.internal());
        members.put("arguments", arguments(exchange.arguments()));
        return members;
    }

    public static Map<String, @Nullable Object> binding(String host, BindingSpec binding) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("source", binding.source());
        members.put("vhost", host);
        members.put("destination", binding.destinationName());
        members.put("destination_type", binding.destination() == Destination.QUEUE ? "queue" : "exchange");
        members.put("routing_key", binding.routingKey());
        members.put("arguments", arguments(binding.arguments()));
        return members;
    }

    /// JSON knows fewer types: widths of numbers are lost, a time is its seconds, octets are taken for UTF-8.
    public static Map<String, @Nullable Object> arguments(Arguments arguments) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        arguments.values().forEach((name, value) -> members.put(name, argument(value)));
        return members;
    }

    private static @Nullable Object argument(@Nullable Object value) {
        return switch (value) {
            case Arguments table -> arguments(table);
            case List<?> items -> items.stream().map(Described::argument).toList();
            case Bytes bytes -> new String(bytes.toByteArray(), StandardCharsets.UTF_8);
            case Instant time -> time.getEpochSecond();
            case Byte number -> number.longValue();
            case Short number -> number.longValue();
            case Integer number -> number.longValue();
            case Float number -> number.doubleValue();
            case null, default -> value;
        };
    }
}
