package io.posthorn.broker.topology;

import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Settings;
import io.posthorn.broker.admin.Settings.ParameterKey;
import io.posthorn.broker.admin.Settings.PolicyKey;
import org.jspecify.annotations.Nullable;

/// One step in what else operators have set.
public sealed interface SettingsChange extends TopologyChange {
    record PolicyPut(Policy policy) implements SettingsChange {}

    record PolicyDeleted(PolicyKey policy) implements SettingsChange {}

    record ParameterPut(Parameter parameter) implements SettingsChange {}

    record ParameterDeleted(ParameterKey parameter) implements SettingsChange {}

    record HostLimitSet(String virtualHost, String name, long value) implements SettingsChange {}

    record HostLimitCleared(String virtualHost, String name) implements SettingsChange {}

    /// The virtual host whose policies change; null when none do.
    default @Nullable String policiesOf() {
        return switch (this) {
            case PolicyPut(var policy) -> policy.virtualHost();
            case PolicyDeleted(var key) -> key.virtualHost();
            case ParameterPut _, ParameterDeleted _, HostLimitSet _, HostLimitCleared _ -> null;
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
