package io.posthorn.console.definitions;

import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Topology;
import io.posthorn.broker.topology.VirtualHost;
import io.posthorn.console.Node;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// Writes what is declared and decided as RabbitMQ writes it, so that either imports what the other exported.
///
/// What belongs to one connection only, exclusive queues and what leads to them, is left out, as are exchanges that
/// every virtual host has.
///
/// @param node names the broker that nobody has named
public record DefinitionsWriter(Topology topology, String node, Node.Identity identity) {
    /// Global parameters that are of this broker only.
    private static final Set<String> OWN_PARAMETERS = Set.of(ImportedFile.PARAMETER, FirstUser.PARAMETER);

    private static final String RESERVED = "amq.";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /// Everything.
    public void writeAll(OutputStream out) {
        try (var json = MAPPER.createGenerator(out)) {
            json.writeStartObject();
            writeHead(json, "cluster");
            String cluster = ClusterName.of(topology, node);
            json.writeStringProperty("original_cluster_name", cluster);
            json.writeStringProperty("explanation", "Definitions of cluster '" + cluster + "'");
            writeUsers(json);
            array(json, "vhosts", each -> hosts(host -> each.accept(virtualHost(host))));
            writeRights(json);
            array(json, "parameters", each -> hosts(host -> parameters(host, each)));
            array(json, "global_parameters", this::globalParameters);
            array(json, "policies", each -> hosts(host -> policies(host, each)));
            array(json, "queues", each -> hosts(host -> queues(host, each)));
            array(json, "exchanges", each -> hosts(host -> exchanges(host, each)));
            array(json, "bindings", each -> hosts(host -> bindings(host, each)));
            json.writeEndObject();
        }
    }

    /// One virtual host, without its name wherever it would stand.
    ///
    /// @throws io.posthorn.broker.BrokerException.VirtualHostNotFound
    public void writeHost(String name, OutputStream out) {
        var host = topology.virtualHost(name);
        try (var json = MAPPER.createGenerator(out)) {
            json.writeStartObject();
            writeHead(json, "single_virtual_host");
            json.writeStringProperty("original_vhost_name", name);
            json.writeStringProperty("explanation", "Definitions of virtual host '" + name + "'");
            json.writePOJOProperty("metadata", Described.metadata(host.spec()));
            json.writeStringProperty("description", host.spec().description());
            json.writePOJOProperty("limits", topology.virtualHostLimits(name));
            array(json, "parameters", each -> parameters(host, withoutHost(each)));
            array(json, "policies", each -> policies(host, withoutHost(each)));
            array(json, "queues", each -> queues(host, withoutHost(each)));
            array(json, "exchanges", each -> exchanges(host, withoutHost(each)));
            array(json, "bindings", each -> bindings(host, withoutHost(each)));
            json.writeEndObject();
        }
    }

    /// What takes the members of one item after the other.
    private interface Items extends Consumer<Map<String, @Nullable Object>> {}

    private void writeHead(JsonGenerator json, String format) {
        json.writeStringProperty("rabbit_version", identity.rabbitVersion());
        json.writeStringProperty("rabbitmq_version", identity.rabbitVersion());
        json.writeStringProperty("product_name", identity.product());
        json.writeStringProperty("product_version", identity.productVersion());
        json.writeStringProperty("rabbitmq_definition_format", format);
    }

    private void writeUsers(JsonGenerator json) {
        array(
                json,
                "users",
                each -> topology.users()
                        .values()
                        .forEach(user -> each.accept(Described.user(user, topology.userLimits(user.name())))));
    }

    private void writeRights(JsonGenerator json) {
        array(
                json,
                "permissions",
                each -> topology.rights()
                        .permissions()
                        .forEach((subject, patterns) ->
                                each.accept(Described.permissions(subject.user(), subject.virtualHost(), patterns))));
        array(
                json,
                "topic_permissions",
                each -> topology.rights()
                        .topicPermissions()
                        .forEach((subject, byExchange) ->
                                byExchange.forEach((exchange, patterns) -> each.accept(Described.topicPermissions(
                                        subject.user(), subject.virtualHost(), exchange, patterns)))));
    }

    private void hosts(Consumer<VirtualHost> action) {
        topology.virtualHosts().values().forEach(action);
    }

    private Map<String, @Nullable Object> virtualHost(VirtualHost host) {
        var members = Described.virtualHost(host.spec());
        if (host.spec().defaultQueueType() == null) {
            members.remove("default_queue_type");
        }
        if (!host.spec().tracing()) {
            // RabbitMQ's own files do not have it, and tracing is nothing to take along unasked.
            members.remove("tracing");
        }
        // The metadata says it.
        members.remove("protected_from_deletion");
        members.put("limits", topology.virtualHostLimits(host.name()));
        return members;
    }

    private void parameters(VirtualHost host, Items each) {
        for (Parameter parameter : topology.parameters(host.name())) {
            each.accept(Described.parameter(parameter));
        }
        for (Policy policy : topology.operatorPolicies(host.name())) {
            each.accept(
                    Described.parameter(host.name(), "operator_policy", policy.name(), Described.policyValue(policy)));
        }
        var limits = topology.virtualHostLimits(host.name());
        if (!limits.isEmpty()) {
            each.accept(Described.parameter(host.name(), "vhost-limits", "limits", limits));
        }
    }

    private void globalParameters(Items each) {
        for (Parameter parameter : topology.globalParameters()) {
            if (!OWN_PARAMETERS.contains(parameter.name())) {
                each.accept(Described.parameter(parameter));
            }
        }
    }

    private void policies(VirtualHost host, Items each) {
        topology.policies(host.name()).forEach(policy -> each.accept(Described.policy(policy)));
    }

    private void queues(VirtualHost host, Items each) {
        for (var queue : host.queues().values()) {
            if (isLasting(queue)) {
                each.accept(Described.queue(host.name(), queue.spec()));
            }
        }
    }

    private void exchanges(VirtualHost host, Items each) {
        for (var exchange : host.exchangeSpecs()) {
            if (!exchange.name().isEmpty() && !exchange.name().startsWith(RESERVED)) {
                each.accept(Described.exchange(host.name(), exchange));
            }
        }
    }

    private void bindings(VirtualHost host, Items each) {
        for (var binding : host.bindingSpecs()) {
            if (isLasting(host, binding)) {
                each.accept(Described.binding(host.name(), binding));
            }
        }
    }

    private static boolean isLasting(VirtualHost host, io.posthorn.broker.BindingSpec binding) {
        return switch (binding.destination()) {
            case EXCHANGE -> true;
            case QUEUE -> {
                var queue = host.queue(binding.destinationName());
                yield queue != null && isLasting(queue);
            }
        };
    }

    /// Topics are no queues to RabbitMQ, and cannot be declared as such anywhere.
    private static boolean isLasting(QueueEntry queue) {
        return !queue.spec().exclusive()
                && !queue.spec().isTopic()
                && !queue.name().startsWith(RESERVED);
    }

    private static Items withoutHost(Items each) {
        return members -> {
            var rest = new LinkedHashMap<>(members);
            rest.remove("vhost");
            each.accept(rest);
        };
    }

    private static void array(JsonGenerator json, String name, Consumer<Items> items) {
        json.writeArrayPropertyStart(name);
        items.accept(json::writePOJO);
        json.writeEndArray();
    }
}
