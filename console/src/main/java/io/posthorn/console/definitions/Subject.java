package io.posthorn.console.definitions;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.AdminChange.Bind;
import io.posthorn.broker.admin.AdminChange.ClearPermissions;
import io.posthorn.broker.admin.AdminChange.ClearTopicPermissions;
import io.posthorn.broker.admin.AdminChange.ClearUserLimit;
import io.posthorn.broker.admin.AdminChange.ClearVirtualHostLimit;
import io.posthorn.broker.admin.AdminChange.DeclareExchange;
import io.posthorn.broker.admin.AdminChange.DeclareQueue;
import io.posthorn.broker.admin.AdminChange.DeleteParameter;
import io.posthorn.broker.admin.AdminChange.DeletePolicy;
import io.posthorn.broker.admin.AdminChange.DeleteUser;
import io.posthorn.broker.admin.AdminChange.DeleteVirtualHost;
import io.posthorn.broker.admin.AdminChange.PutParameter;
import io.posthorn.broker.admin.AdminChange.PutPolicy;
import io.posthorn.broker.admin.AdminChange.PutUser;
import io.posthorn.broker.admin.AdminChange.PutVirtualHost;
import io.posthorn.broker.admin.AdminChange.SetPermissions;
import io.posthorn.broker.admin.AdminChange.SetTopicPermissions;
import io.posthorn.broker.admin.AdminChange.SetUserLimit;
import io.posthorn.broker.admin.AdminChange.SetVirtualHostLimit;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Policy.Kind;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.definitions.DefinitionsPlan.Difference;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a change of a file is about: its name for people, and its members as they would be and as they are.
///
/// @param after by RabbitMQ's names
/// @param before finds the members in a topology; null when it is not there
record Subject(
        String name,
        Map<String, @Nullable Object> after,
        Function<Topology, @Nullable Map<String, @Nullable Object>> before) {
    /// Secrets are told apart, and never shown.
    private static final String SECRET = "password_hash";

    static Subject of(AdminChange change) {
        return switch (change) {
            case PutVirtualHost(var spec) ->
                new Subject(
                        "vhost '" + spec.name() + "'",
                        Described.virtualHost(spec),
                        topology -> topology.hasVirtualHost(spec.name())
                                ? Described.virtualHost(
                                        topology.virtualHost(spec.name()).spec())
                                : null);
            case PutUser(var user) ->
                new Subject("user '" + user.name() + "'", Described.user(user, Map.of()), topology -> {
                    var known = topology.user(user.name());
                    return known == null ? null : Described.user(known, Map.of());
                });
            case SetPermissions(String user, String host, var patterns) ->
                new Subject(
                        "permissions of user '" + user + in(host),
                        Described.permissions(user, host, patterns),
                        topology -> {
                            var known = topology.permissions(user, host);
                            return known == null ? null : Described.permissions(user, host, known);
                        });
            case SetTopicPermissions(String user, String host, String exchange, var patterns) ->
                new Subject(
                        "topic permissions of user '" + user + "' for exchange '" + exchange + in(host),
                        Described.topicPermissions(user, host, exchange, patterns),
                        topology -> {
                            var known = topology.topicPermissions(user, host).get(exchange);
                            return known == null ? null : Described.topicPermissions(user, host, exchange, known);
                        });
            case PutPolicy(var policy) -> policy(policy);
            case PutParameter(var parameter) -> {
                String host = parameter.virtualHost();
                yield new Subject(
                        host == null
                                ? "global parameter '" + parameter.name() + "'"
                                : parameter.component() + " '" + parameter.name() + in(host),
                        Described.parameter(parameter),
                        topology -> (host == null ? topology.globalParameters() : topology.parameters(host))
                                .stream()
                                        .filter(known -> known.component().equals(parameter.component()))
                                        .filter(known -> known.name().equals(parameter.name()))
                                        .findFirst()
                                        .map(Described::parameter)
                                        .orElse(null));
            }
            case SetVirtualHostLimit(String host, String name, long value) ->
                limit(
                        name + " of vhost '" + host + "'",
                        value,
                        topology -> topology.virtualHostLimits(host).get(name));
            case SetUserLimit(String user, String name, long value) ->
                limit(
                        name + " of user '" + user + "'",
                        value,
                        topology -> topology.userLimits(user).get(name));
            // What is there is what is asked for, or the change is refused.
            case DeclareExchange(String host, var spec) ->
                new Subject("exchange '" + spec.name() + in(host), Map.of(), _ -> null);
            case DeclareQueue(String host, var spec) ->
                new Subject("queue '" + spec.name() + in(host), Map.of(), _ -> null);
            case Bind(String host, var spec) -> new Subject(binding(spec) + in(host), Map.of(), _ -> null);
            case DeleteVirtualHost _,
                    DeleteUser _,
                    ClearPermissions _,
                    ClearTopicPermissions _,
                    DeletePolicy _,
                    DeleteParameter _,
                    ClearVirtualHostLimit _,
                    ClearUserLimit _ -> throw new IllegalArgumentException("a file takes nothing away: " + change);
        };
    }

    private static Subject policy(Policy policy) {
        return new Subject(
                (policy.kind() == Kind.USER ? "policy '" : "operator policy '")
                        + policy.name()
                        + in(policy.virtualHost()),
                Described.policy(policy),
                topology -> known(topology, policy).stream()
                        .filter(known -> known.name().equals(policy.name()))
                        .findFirst()
                        .map(Described::policy)
                        .orElse(null));
    }

    private static List<Policy> known(Topology topology, Policy policy) {
        return policy.kind() == Kind.USER
                ? topology.policies(policy.virtualHost())
                : topology.operatorPolicies(policy.virtualHost());
    }

    private static Subject limit(String name, long value, Function<Topology, @Nullable Long> before) {
        return new Subject(name, value(value), topology -> {
            Long known = before.apply(topology);
            return known == null ? null : value(known);
        });
    }

    private static Map<String, @Nullable Object> value(long value) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        members.put("value", value);
        return members;
    }

    private static String binding(BindingSpec spec) {
        return "binding from exchange '" + spec.source() + "' to "
                + (spec.destination() == Destination.QUEUE ? "queue '" : "exchange '") + spec.destinationName()
                + "' with key '" + spec.routingKey();
    }

    private static String in(String host) {
        return "' in vhost '" + host + "'";
    }

    @Nullable
    Map<String, @Nullable Object> in(Topology topology) {
        return before.apply(topology);
    }

    List<Difference> differences(Map<String, @Nullable Object> known) {
        var names = new LinkedHashSet<>(known.keySet());
        names.addAll(after.keySet());
        // Says the same a second time.
        names.remove("metadata");
        return names.stream()
                .filter(name -> !Objects.equals(known.get(name), after.get(name)))
                .map(name -> name.equals(SECRET)
                        ? new Difference(name, "...", "...")
                        : new Difference(name, known.get(name), after.get(name)))
                .toList();
    }
}
