package io.posthorn.broker;

import io.posthorn.broker.admin.AdminChange;
import org.jspecify.annotations.Nullable;

/// What an operator wanted, in the words of the audit log. Passwords, and values of parameters, which hold passwords
/// of other brokers, are not among them.
final class AdminChangeText {
    private AdminChangeText() {}

    static String of(AdminChange change) {
        return switch (change) {
            case AdminChange.PutVirtualHost(var spec) -> "put vhost '" + spec.name() + "'";
            case AdminChange.DeleteVirtualHost(String name) -> "delete vhost '" + name + "'";
            case AdminChange.PutUser(var user) -> "put user '" + user.name() + "' with tags " + user.tags();
            case AdminChange.DeleteUser(String name) -> "delete user '" + name + "'";
            case AdminChange.SetPermissions(String user, String host, var patterns) ->
                "set permissions of user '%s'%s to '%s', '%s', '%s'"
                        .formatted(user, in(host), patterns.configure(), patterns.write(), patterns.read());
            case AdminChange.ClearPermissions(String user, String host) ->
                "clear permissions of user '" + user + "'" + in(host);
            case AdminChange.SetTopicPermissions(String user, String host, String exchange, var patterns) ->
                "set topic permissions of user '%s' at exchange '%s'%s to '%s', '%s'"
                        .formatted(user, exchange, in(host), patterns.write(), patterns.read());
            case AdminChange.ClearTopicPermissions(String user, String host, @Nullable String exchange) ->
                "clear topic permissions of user '%s' at %s%s"
                        .formatted(user, exchange == null ? "every exchange" : "exchange '" + exchange + "'", in(host));
            case AdminChange.PutPolicy(var policy) ->
                "put %s policy '%s' for '%s'%s"
                        .formatted(lower(policy.kind()), policy.name(), policy.pattern(), in(policy.virtualHost()));
            case AdminChange.DeletePolicy(var kind, String host, String name) ->
                "delete " + lower(kind) + " policy '" + name + "'" + in(host);
            case AdminChange.PutParameter(var parameter) ->
                "put parameter '" + parameter.name() + "' of '" + parameter.component() + "'"
                        + in(parameter.virtualHost());
            case AdminChange.DeleteParameter(@Nullable String host, String component, String name) ->
                "delete parameter '" + name + "' of '" + component + "'" + in(host);
            case AdminChange.SetVirtualHostLimit(String host, String name, long value) ->
                "set limit " + name + " to " + value + in(host);
            case AdminChange.ClearVirtualHostLimit(String host, String name) -> "clear limit " + name + in(host);
            case AdminChange.SetUserLimit(String user, String name, long value) ->
                "set limit " + name + " of user '" + user + "' to " + value;
            case AdminChange.ClearUserLimit(String user, String name) ->
                "clear limit " + name + " of user '" + user + "'";
            case AdminChange.DeclareExchange(String host, var spec) ->
                "declare exchange '" + spec.name() + "'" + in(host);
            case AdminChange.DeclareQueue(String host, var spec) -> "declare queue '" + spec.name() + "'" + in(host);
            case AdminChange.Bind(String host, var spec) ->
                "bind '%s' to exchange '%s'%s".formatted(spec.destinationName(), spec.source(), in(host));
        };
    }

    private static String in(@Nullable String virtualHost) {
        return virtualHost == null ? "" : " in vhost '" + virtualHost + "'";
    }

    private static String lower(Enum<?> kind) {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }
}
