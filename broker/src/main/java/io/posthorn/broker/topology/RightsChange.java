package io.posthorn.broker.topology;

import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.Rights;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.admin.UserSpec;
import org.jspecify.annotations.Nullable;

/// One step in who there is and what they may do.
public sealed interface RightsChange extends TopologyChange {
    /// There has been a user, who may be gone: none is made by the broker any more.
    record Begun() implements RightsChange {}

    record UserPut(UserSpec user) implements RightsChange {
        @Override
        public String toString() {
            return "UserPut[" + user.name() + ", " + user.tags() + "]";
        }
    }

    /// All rights and limits go too.
    record UserDeleted(String user) implements RightsChange {}

    record PermissionsSet(String user, String virtualHost, PermissionPatterns patterns) implements RightsChange {}

    record PermissionsCleared(String user, String virtualHost) implements RightsChange {}

    record TopicPermissionsSet(String user, String virtualHost, String exchange, TopicPatterns patterns)
            implements RightsChange {}

    /// @param exchange null for every one
    record TopicPermissionsCleared(
            String user, String virtualHost, @Nullable String exchange) implements RightsChange {}

    record UserLimitSet(String user, String name, long value) implements RightsChange {}

    record UserLimitCleared(String user, String name) implements RightsChange {}

    /// Rights of a user, or in a virtual host, that is not there change nothing: see [TopologyRecovery].
    static Rights apply(Topology topology, RightsChange change) {
        var rights = topology.rights();
        return switch (change) {
            case Begun _ -> rights.asBegun();
            case UserPut(var user) -> rights.with(user);
            case UserDeleted(String user) -> rights.withoutUser(user);
            case PermissionsSet(String user, String host, var patterns) ->
                topology.hasVirtualHost(host) ? rights.withPermissions(user, host, patterns) : rights;
            case PermissionsCleared(String user, String host) -> rights.withoutPermissions(user, host);
            case TopicPermissionsSet(String user, String host, String exchange, var patterns) ->
                topology.hasVirtualHost(host) ? rights.withTopicPermissions(user, host, exchange, patterns) : rights;
            case TopicPermissionsCleared(String user, String host, @Nullable String exchange) ->
                rights.withoutTopicPermissions(user, host, exchange);
            case UserLimitSet(String user, String name, long value) -> rights.withLimit(user, name, value);
            case UserLimitCleared(String user, String name) -> rights.withoutLimit(user, name);
        };
    }
}
