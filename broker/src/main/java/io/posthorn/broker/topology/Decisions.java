package io.posthorn.broker.topology;

import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.BrokerException.VirtualHostNotFound;
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
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Settings.ParameterKey;
import io.posthorn.broker.admin.Settings.PolicyKey;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.broker.pattern.NamePattern;
import io.posthorn.broker.policy.PolicyRules;
import io.posthorn.broker.security.Passwords;
import io.posthorn.broker.security.TopicVariables;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an operator wants, checked against what is there, and made. Whether they may is asked elsewhere.
final class Decisions {
    private static final Set<String> HOST_LIMITS = Set.of("max-connections", "max-queues");
    private static final Set<String> USER_LIMITS = Set.of("max-connections", "max-channels");

    private final Declarations declarations;

    Decisions(Declarations declarations) {
        this.declarations = declarations;
    }

    void apply(Cascade after, AdminChange wanted) {
        switch (wanted) {
            case PutVirtualHost(var spec) -> put(after, spec);
            case DeleteVirtualHost(String name) -> deleteHost(after, name);
            case PutUser(var user) -> put(after, user);
            case DeleteUser(String name) -> {
                checkUser(after, name);
                after.apply(new RightsChange.UserDeleted(name));
            }
            case SetPermissions(String user, String host, var patterns) -> set(after, user, host, patterns);
            case ClearPermissions(String user, String host) -> {
                checkSubject(after, user, host);
                after.apply(new RightsChange.PermissionsCleared(user, host));
            }
            case SetTopicPermissions(String user, String host, String exchange, var patterns) ->
                set(after, user, host, exchange, patterns);
            case ClearTopicPermissions(String user, String host, @Nullable String exchange) -> {
                checkSubject(after, user, host);
                after.apply(new RightsChange.TopicPermissionsCleared(user, host, exchange));
            }
            case PutPolicy(var policy) -> put(after, policy);
            case DeletePolicy(var kind, String host, String name) -> delete(after, new PolicyKey(host, kind, name));
            case PutParameter(var parameter) -> put(after, parameter);
            case DeleteParameter(@Nullable String host, String component, String name) ->
                delete(after, new ParameterKey(host, component, name));
            case SetVirtualHostLimit(String host, String name, long value) -> {
                checkHost(after, host);
                checkLimit(HOST_LIMITS, name, value, "limits");
                after.apply(new SettingsChange.HostLimitSet(host, name, value));
            }
            case ClearVirtualHostLimit(String host, String name) -> {
                checkHost(after, host);
                after.apply(new SettingsChange.HostLimitCleared(host, name));
            }
            case SetUserLimit(String user, String name, long value) -> {
                checkUser(after, user);
                checkLimit(USER_LIMITS, name, value, "user-limits");
                after.apply(new RightsChange.UserLimitSet(user, name, value));
            }
            case ClearUserLimit(String user, String name) -> {
                checkUser(after, user);
                after.apply(new RightsChange.UserLimitCleared(user, name));
            }
            case DeclareExchange(String host, var spec) ->
                declarations.declareExchange(after, host, spec, DeclarePermit.ALL);
            case DeclareQueue(String host, var spec) ->
                declarations.declareQueue(after, host, spec.shared(), SessionId.NOBODY, DeclarePermit.ALL);
            case Bind(String host, var spec) -> declarations.bind(after, host, spec, SessionId.NOBODY);
        }
    }

    private static void put(Cascade after, VirtualHostSpec spec) {
        checkName("vhost", spec.name());
        String type = spec.defaultQueueType();
        if (type != null && !QueueType.isNamed(type)) {
            throw new PreconditionFailed("unsupported default queue type '" + type + "'");
        }
        after.apply(new TopologyChange.VirtualHostPut(spec));
    }

    private static void deleteHost(Cascade after, String name) {
        if (checkHost(after, name).spec().isProtected()) {
            throw new PreconditionFailed(
                    "Refusing to delete virtual host '" + name + "' because it is protected from deletion");
        }
        after.apply(new TopologyChange.VirtualHostDeleted(name));
    }

    private static void put(Cascade after, UserSpec user) {
        checkName("user", user.name());
        var credential = user.credential();
        if (credential != null) {
            Passwords.check(credential);
        }
        after.apply(new RightsChange.UserPut(user));
    }

    private static void set(Cascade after, String user, String host, PermissionPatterns patterns) {
        checkSubject(after, user, host);
        NamePattern.of(patterns.configure());
        NamePattern.of(patterns.write());
        NamePattern.of(patterns.read());
        after.apply(new RightsChange.PermissionsSet(user, host, patterns));
    }

    private static void set(Cascade after, String user, String host, String exchange, TopicPatterns patterns) {
        checkSubject(after, user, host);
        TopicVariables.check(patterns.write());
        TopicVariables.check(patterns.read());
        after.apply(new RightsChange.TopicPermissionsSet(user, host, exchange, patterns));
    }

    private static void put(Cascade after, Policy policy) {
        checkHost(after, policy.virtualHost());
        checkName("policy", policy.name());
        PolicyRules.check(policy);
        after.apply(new SettingsChange.PolicyPut(policy));
    }

    private static void delete(Cascade after, PolicyKey key) {
        checkHost(after, key.virtualHost());
        if (!after.topology().settings().policies().containsKey(key)) {
            throw new NotFound("no policy '" + key.name() + "' in vhost '" + key.virtualHost() + "'");
        }
        after.apply(new SettingsChange.PolicyDeleted(key));
    }

    private static void put(Cascade after, Parameter parameter) {
        String host = parameter.virtualHost();
        if (host != null) {
            checkHost(after, host);
            checkName("component", parameter.component());
        }
        checkName("parameter", parameter.name());
        after.apply(new SettingsChange.ParameterPut(parameter));
    }

    private static void delete(Cascade after, ParameterKey key) {
        if (!after.topology().settings().parameters().containsKey(key)) {
            throw new NotFound("no parameter '" + key.name() + "' of component '" + key.component() + "'");
        }
        after.apply(new SettingsChange.ParameterDeleted(key));
    }

    private static VirtualHost checkHost(Cascade after, String name) {
        if (!after.topology().hasVirtualHost(name)) {
            throw new VirtualHostNotFound("vhost '" + name + "' not found");
        }
        return after.topology().virtualHost(name);
    }

    private static void checkUser(Cascade after, String name) {
        if (after.topology().user(name) == null) {
            throw new NotFound("user '" + name + "' not found");
        }
    }

    private static void checkSubject(Cascade after, String user, String host) {
        checkHost(after, host);
        checkUser(after, user);
    }

    private static void checkName(String what, String name) {
        if (name.isEmpty()) {
            throw new PreconditionFailed(what + " name must not be empty");
        }
        Names.checkLength(what + " name", name);
    }

    /// A negative one is none.
    private static void checkLimit(Set<String> known, String name, long value, String among) {
        if (!known.contains(name)) {
            throw new PreconditionFailed("Unrecognised terms [{" + Texts.binary(name) + "," + value + "}] in " + among);
        }
    }
}
