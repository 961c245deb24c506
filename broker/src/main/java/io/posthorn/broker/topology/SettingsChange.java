package io.posthorn.broker.topology;

import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Settings;
import io.posthorn.broker.admin.Settings.ParameterKey;
import io.posthorn.broker.admin.Settings.PolicyKey;
import io.posthorn.broker.policy.Policies;
import io.posthorn.broker.topic.TopicDefaults;
import org.jspecify.annotations.Nullable;

/// One step in what else operators have set.
public sealed interface SettingsChange extends TopologyChange {
    record PolicyPut(Policy policy) implements SettingsChange {}

    record PolicyDeleted(PolicyKey policy) implements SettingsChange {}

    record ParameterPut(Parameter parameter) implements SettingsChange {}

    record ParameterDeleted(ParameterKey parameter) implements SettingsChange {}

    record HostLimitSet(String virtualHost, String name, long value) implements SettingsChange {}

    record HostLimitCleared(String virtualHost, String name) implements SettingsChange {}

    /// The virtual host whose queues and topics may have to do something else by it; null when none have.
    default @Nullable String hostOfQueues() {
        return switch (this) {
            case PolicyPut(var policy) -> policy.virtualHost();
            case PolicyDeleted(var key) -> key.virtualHost();
            case ParameterPut(var parameter) -> hostOfTopics(parameter.component(), parameter.virtualHost());
            case ParameterDeleted(var key) -> hostOfTopics(key.component(), key.virtualHost());
            case HostLimitSet _, HostLimitCleared _ -> null;
        };
    }

    private static @Nullable String hostOfTopics(String component, @Nullable String virtualHost) {
        return TopicDefaults.isSaidBy(component) ? virtualHost : null;
    }

    /// The virtual host with what is now said of its queues and topics.
    default VirtualHost prepared(Topology topology, VirtualHost host) {
        return switch (this) {
            case PolicyPut _, PolicyDeleted _ ->
                host.with(Policies.of(topology.policies(host.name()), topology.operatorPolicies(host.name())));
            case ParameterPut _, ParameterDeleted _ -> host.with(TopicDefaults.of(topology.parameters(host.name())));
            case HostLimitSet _, HostLimitCleared _ -> host;
        };
    }

    /// What is of a virtual host that is not there changes nothing: see [TopologyRecovery].
    static Settings apply(Topology topology, SettingsChange change) {
        var settings = topology.settings();
        return switch (change) {
            case PolicyPut(var policy) ->
                topology.hasVirtualHost(policy.virtualHost()) ? settings.with(policy) : settings;
            case PolicyDeleted(var key) -> settings.withoutPolicy(key);
            case ParameterPut(var parameter) -> {
                String host = parameter.virtualHost();
                yield host == null || topology.hasVirtualHost(host) ? settings.with(parameter) : settings;
            }
            case ParameterDeleted(var key) -> settings.withoutParameter(key);
            case HostLimitSet(String host, String name, long value) ->
                topology.hasVirtualHost(host) ? settings.withLimit(host, name, value) : settings;
            case HostLimitCleared(String host, String name) -> settings.withoutLimit(host, name);
        };
    }
}
