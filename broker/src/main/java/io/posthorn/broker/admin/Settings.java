package io.posthorn.broker.admin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// What else operators have set: policies, parameters, and limits of virtual hosts. An immutable value, sorted
/// and compared as [Rights] are.
public final class Settings {
    /// Names one policy.
    public record PolicyKey(String virtualHost, Policy.Kind kind, String name) implements Comparable<PolicyKey> {
        private static final Comparator<PolicyKey> ORDER = Comparator.comparing(PolicyKey::virtualHost)
                .thenComparing(PolicyKey::kind)
                .thenComparing(PolicyKey::name);

        static PolicyKey of(Policy policy) {
            return new PolicyKey(policy.virtualHost(), policy.kind(), policy.name());
        }

        @Override
        public int compareTo(PolicyKey other) {
            return ORDER.compare(this, other);
        }
    }

    /// Names one parameter. A global one sorts before those of virtual hosts.
    public record ParameterKey(@Nullable String virtualHost, String component, String name)
            implements Comparable<ParameterKey> {
        private static final Comparator<ParameterKey> ORDER = Comparator.comparing(
                        ParameterKey::virtualHost, Comparator.nullsFirst(Comparator.naturalOrder()))
                .thenComparing(ParameterKey::component)
                .thenComparing(ParameterKey::name);

        static ParameterKey of(Parameter parameter) {
            return new ParameterKey(parameter.virtualHost(), parameter.component(), parameter.name());
        }

        @Override
        public int compareTo(ParameterKey other) {
            return ORDER.compare(this, other);
        }
    }

    public static final Settings NONE = new Settings(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    private final TreePMap<PolicyKey, Policy> policies;
    private final TreePMap<ParameterKey, Parameter> parameters;
    private final TreePMap<String, TreePMap<String, Long>> limits;

    private Settings(
            TreePMap<PolicyKey, Policy> policies,
            TreePMap<ParameterKey, Parameter> parameters,
            TreePMap<String, TreePMap<String, Long>> limits) {
        this.policies = policies;
        this.parameters = parameters;
        this.limits = limits;
    }

    /// By virtual host, kind and name.
    public TreePMap<PolicyKey, Policy> policies() {
        return policies;
    }

    /// By virtual host (global ones first), component and name.
    public TreePMap<ParameterKey, Parameter> parameters() {
        return parameters;
    }

    /// By virtual host, and there by the limit's name.
    public TreePMap<String, TreePMap<String, Long>> limits() {
        return limits;
    }

    /// By name.
    public List<Policy> policies(String virtualHost, Policy.Kind kind) {
        var found = new ArrayList<Policy>();
        for (var entry :
                policies.tailMap(new PolicyKey(virtualHost, kind, ""), true).entrySet()) {
            if (!entry.getKey().virtualHost.equals(virtualHost) || entry.getKey().kind != kind) {
                break;
            }
            found.add(entry.getValue());
        }
        return found;
    }

    /// By component and name.
    ///
    /// @param virtualHost null for the global ones
    public List<Parameter> parameters(@Nullable String virtualHost) {
        var found = new ArrayList<Parameter>();
        for (var entry :
                parameters.tailMap(new ParameterKey(virtualHost, "", ""), true).entrySet()) {
            if (!Objects.equals(entry.getKey().virtualHost, virtualHost)) {
                break;
            }
            found.add(entry.getValue());
        }
        return found;
    }

    /// By the limit's name; what is not there is not limited.
    public TreePMap<String, Long> limits(String virtualHost) {
        return limits.getOrDefault(virtualHost, TreePMap.empty());
    }

    public Settings with(Policy policy) {
        var key = PolicyKey.of(policy);
        return policy.equals(policies.get(key)) ? this : new Settings(policies.plus(key, policy), parameters, limits);
    }

    public Settings withoutPolicy(PolicyKey key) {
        return policies.containsKey(key) ? new Settings(policies.minus(key), parameters, limits) : this;
    }

    public Settings with(Parameter parameter) {
        var key = ParameterKey.of(parameter);
        return parameter.equals(parameters.get(key))
                ? this
                : new Settings(policies, parameters.plus(key, parameter), limits);
    }

    public Settings withoutParameter(ParameterKey key) {
        return parameters.containsKey(key) ? new Settings(policies, parameters.minus(key), limits) : this;
    }

    public Settings withLimit(String virtualHost, String name, long value) {
        var known = limits(virtualHost);
        return Long.valueOf(value).equals(known.get(name)) ? this : withLimits(virtualHost, known.plus(name, value));
    }

    public Settings withoutLimit(String virtualHost, String name) {
        var known = limits(virtualHost);
        return known.containsKey(name) ? withLimits(virtualHost, known.minus(name)) : this;
    }

    private Settings withLimits(String virtualHost, TreePMap<String, Long> byName) {
        return new Settings(
                policies, parameters, byName.isEmpty() ? limits.minus(virtualHost) : limits.plus(virtualHost, byName));
    }

    /// With everything that was set in it.
    public Settings withoutVirtualHost(String name) {
        return new Settings(
                without(policies, key -> key.virtualHost.equals(name)),
                without(parameters, key -> name.equals(key.virtualHost)),
                limits.minus(name));
    }

    private static <K, V> TreePMap<K, V> without(TreePMap<K, V> map, Predicate<K> gone) {
        return map.minusAll(map.keySet().stream().filter(gone).toList());
    }
}
