package io.posthorn.broker.topology;

import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Settings.ParameterKey;
import io.posthorn.broker.admin.Settings.PolicyKey;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.topology.RightsChange.Begun;
import io.posthorn.broker.topology.RightsChange.PermissionsCleared;
import io.posthorn.broker.topology.RightsChange.PermissionsSet;
import io.posthorn.broker.topology.RightsChange.TopicPermissionsCleared;
import io.posthorn.broker.topology.RightsChange.TopicPermissionsSet;
import io.posthorn.broker.topology.RightsChange.UserDeleted;
import io.posthorn.broker.topology.RightsChange.UserLimitCleared;
import io.posthorn.broker.topology.RightsChange.UserLimitSet;
import io.posthorn.broker.topology.RightsChange.UserPut;
import io.posthorn.broker.topology.SettingsChange.HostLimitCleared;
import io.posthorn.broker.topology.SettingsChange.HostLimitSet;
import io.posthorn.broker.topology.SettingsChange.ParameterDeleted;
import io.posthorn.broker.topology.SettingsChange.ParameterPut;
import io.posthorn.broker.topology.SettingsChange.PolicyDeleted;
import io.posthorn.broker.topology.SettingsChange.PolicyPut;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What operators have decided, as bytes: the part of [ChangeCodec] about rights and settings.
final class DecisionCodec {
    private static final int BEGUN = 13;
    private static final int USER_PUT = 14;
    private static final int USER_DELETED = 15;
    private static final int PERMISSIONS_SET = 16;
    private static final int PERMISSIONS_CLEARED = 17;
    private static final int TOPIC_PERMISSIONS_SET = 18;
    private static final int TOPIC_PERMISSIONS_CLEARED = 19;
    private static final int USER_LIMIT_SET = 20;
    private static final int USER_LIMIT_CLEARED = 21;
    private static final int POLICY_PUT = 22;
    private static final int POLICY_DELETED = 23;
    private static final int PARAMETER_PUT = 24;
    private static final int PARAMETER_DELETED = 25;
    private static final int HOST_LIMIT_SET = 26;
    private static final int HOST_LIMIT_CLEARED = 27;

    private DecisionCodec() {}

    static void write(ByteWriter out, RightsChange change) {
        switch (change) {
            case Begun _ -> out.octet(BEGUN);
            case UserPut(var user) -> writeUser(out, user);
            case UserDeleted(String user) -> ChangeCodec.writeNames(out, USER_DELETED, user);
            case PermissionsSet(String user, String host, var patterns) ->
                ChangeCodec.writeNames(
                        out, PERMISSIONS_SET, user, host, patterns.configure(), patterns.write(), patterns.read());
            case PermissionsCleared(String user, String host) ->
                ChangeCodec.writeNames(out, PERMISSIONS_CLEARED, user, host);
            case TopicPermissionsSet(String user, String host, String exchange, var patterns) ->
                ChangeCodec.writeNames(
                        out, TOPIC_PERMISSIONS_SET, user, host, exchange, patterns.write(), patterns.read());
            case TopicPermissionsCleared(String user, String host, @Nullable String exchange) -> {
                ChangeCodec.writeNames(out, TOPIC_PERMISSIONS_CLEARED, user, host);
                writeOptional(out, exchange);
            }
            case UserLimitSet(String user, String name, long value) -> {
                ChangeCodec.writeNames(out, USER_LIMIT_SET, user, name);
                out.number(value);
            }
            case UserLimitCleared(String user, String name) ->
                ChangeCodec.writeNames(out, USER_LIMIT_CLEARED, user, name);
        }
    }

    static void write(ByteWriter out, SettingsChange change) {
        switch (change) {
            case PolicyPut(var policy) -> writePolicy(out, policy);
            case PolicyDeleted(var key) -> {
                ChangeCodec.writeNames(out, POLICY_DELETED, key.virtualHost(), key.name());
                out.octet(code(key.kind()));
            }
            case ParameterPut(var parameter) -> {
                out.octet(PARAMETER_PUT);
                writeOptional(out, parameter.virtualHost());
                out.text(parameter.component());
                out.text(parameter.name());
                out.text(parameter.json());
            }
            case ParameterDeleted(var key) -> {
                out.octet(PARAMETER_DELETED);
                writeOptional(out, key.virtualHost());
                out.text(key.component());
                out.text(key.name());
            }
            case HostLimitSet(String host, String name, long value) -> {
                ChangeCodec.writeNames(out, HOST_LIMIT_SET, host, name);
                out.number(value);
            }
            case HostLimitCleared(String host, String name) ->
                ChangeCodec.writeNames(out, HOST_LIMIT_CLEARED, host, name);
        }
    }

    static TopologyChange read(int tag, ByteReader in) {
        return switch (tag) {
            case BEGUN -> new Begun();
            case USER_PUT -> new UserPut(readUser(in));
            case USER_DELETED -> new UserDeleted(in.text());
            case PERMISSIONS_SET, PERMISSIONS_CLEARED, TOPIC_PERMISSIONS_SET, TOPIC_PERMISSIONS_CLEARED ->
                readPermissions(tag, in.text(), in.text(), in);
            case USER_LIMIT_SET -> new UserLimitSet(in.text(), in.text(), in.number());
            case USER_LIMIT_CLEARED -> new UserLimitCleared(in.text(), in.text());
            case POLICY_PUT -> new PolicyPut(readPolicy(in));
            case POLICY_DELETED -> {
                String host = in.text();
                String name = in.text();
                yield new PolicyDeleted(new PolicyKey(host, kind(in.octet()), name));
            }
            case PARAMETER_PUT -> new ParameterPut(new Parameter(readOptional(in), in.text(), in.text(), in.text()));
            case PARAMETER_DELETED -> new ParameterDeleted(new ParameterKey(readOptional(in), in.text(), in.text()));
            case HOST_LIMIT_SET -> new HostLimitSet(in.text(), in.text(), in.number());
            case HOST_LIMIT_CLEARED -> new HostLimitCleared(in.text(), in.text());
            default -> throw new IllegalArgumentException("unknown topology change " + tag);
        };
    }

    private static TopologyChange readPermissions(int tag, String user, String host, ByteReader in) {
        return switch (tag) {
            case PERMISSIONS_SET ->
                new PermissionsSet(user, host, new PermissionPatterns(in.text(), in.text(), in.text()));
            case PERMISSIONS_CLEARED -> new PermissionsCleared(user, host);
            case TOPIC_PERMISSIONS_SET ->
                new TopicPermissionsSet(user, host, in.text(), new TopicPatterns(in.text(), in.text()));
            default -> new TopicPermissionsCleared(user, host, readOptional(in));
        };
    }

    private static void writeUser(ByteWriter out, UserSpec user) {
        ChangeCodec.writeNames(out, USER_PUT, user.name());
        var credential = user.credential();
        out.flag(credential != null);
        if (credential != null) {
            out.text(credential.algorithm());
            out.text(credential.encoded());
        }
        out.texts(new TreeSet<>(user.tags()));
    }

    private static UserSpec readUser(ByteReader in) {
        String name = in.text();
        var credential = in.flag() ? new Credential(in.text(), in.text()) : null;
        return new UserSpec(name, credential, Set.copyOf(in.texts()));
    }

    private static void writePolicy(ByteWriter out, Policy policy) {
        ChangeCodec.writeNames(out, POLICY_PUT, policy.virtualHost(), policy.name(), policy.pattern());
        out.octet(code(policy.kind()));
        out.octet(code(policy.applyTo()));
        out.number(policy.priority());
        ArgumentsCodec.write(out, policy.definition());
    }

    private static Policy readPolicy(ByteReader in) {
        String host = in.text();
        String name = in.text();
        String pattern = in.text();
        var kind = kind(in.octet());
        var applyTo = applyTo(in.octet());
        int priority = Math.toIntExact(in.number());
        return new Policy(kind, host, name, pattern, applyTo, priority, ArgumentsCodec.read(in));
    }

    private static int code(Policy.Kind kind) {
        return switch (kind) {
            case USER -> 0;
            case OPERATOR -> 1;
        };
    }

    private static Policy.Kind kind(int code) {
        return code == 0 ? Policy.Kind.USER : Policy.Kind.OPERATOR;
    }

    private static int code(Policy.ApplyTo applyTo) {
        return switch (applyTo) {
            case ALL -> 0;
            case QUEUES -> 1;
            case CLASSIC_QUEUES -> 2;
            case QUORUM_QUEUES -> 3;
            case STREAMS -> 4;
            case EXCHANGES -> 5;
        };
    }

    private static Policy.ApplyTo applyTo(int code) {
        return switch (code) {
            case 0 -> Policy.ApplyTo.ALL;
            case 1 -> Policy.ApplyTo.QUEUES;
            case 2 -> Policy.ApplyTo.CLASSIC_QUEUES;
            case 3 -> Policy.ApplyTo.QUORUM_QUEUES;
            case 4 -> Policy.ApplyTo.STREAMS;
            case 5 -> Policy.ApplyTo.EXCHANGES;
            default -> throw new IllegalArgumentException("unknown target of policies " + code);
        };
    }

    private static void writeOptional(ByteWriter out, @Nullable String text) {
        out.flag(text != null);
        if (text != null) {
            out.text(text);
        }
    }

    private static @Nullable String readOptional(ByteReader in) {
        return in.flag() ? in.text() : null;
    }
}
