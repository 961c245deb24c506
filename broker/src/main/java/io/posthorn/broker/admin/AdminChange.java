package io.posthorn.broker.admin;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import org.jspecify.annotations.Nullable;

/// One thing that an operator wants to be so.
public sealed interface AdminChange {
    /// Creates the virtual host with its pre-made exchanges, or replaces what is said of it.
    record PutVirtualHost(VirtualHostSpec spec) implements AdminChange {}

    /// Everything in it goes with it: connections, queues, messages, rights, policies.
    record DeleteVirtualHost(String name) implements AdminChange {}

    /// Creates or replaces; rights and limits of one that was there stay.
    record PutUser(UserSpec spec) implements AdminChange {}

    /// Rights and limits go too, and connections are closed.
    record DeleteUser(String name) implements AdminChange {}

    record SetPermissions(String user, String virtualHost, PermissionPatterns patterns) implements AdminChange {}

    record ClearPermissions(String user, String virtualHost) implements AdminChange {}

    record SetTopicPermissions(String user, String virtualHost, String exchange, TopicPatterns patterns)
            implements AdminChange {}

    /// @param exchange null for those of every exchange
    record ClearTopicPermissions(
            String user, String virtualHost, @Nullable String exchange) implements AdminChange {}

    record PutPolicy(Policy policy) implements AdminChange {}

    record DeletePolicy(Policy.Kind kind, String virtualHost, String name) implements AdminChange {}

    record PutParameter(Parameter parameter) implements AdminChange {}

    record DeleteParameter(@Nullable String virtualHost, String component, String name) implements AdminChange {}

    /// @param name as RabbitMQ names it: `max-connections`, `max-queues`
    /// @param value -1 for none, 0 to allow nothing
    record SetVirtualHostLimit(String virtualHost, String name, long value) implements AdminChange {}

    record ClearVirtualHostLimit(String virtualHost, String name) implements AdminChange {}

    /// @param name as RabbitMQ names it: `max-connections`, `max-channels`
    record SetUserLimit(String user, String name, long value) implements AdminChange {}

    record ClearUserLimit(String user, String name) implements AdminChange {}

    /// As in a definitions file; one that is there must be equivalent.
    record DeclareExchange(String virtualHost, ExchangeSpec spec) implements AdminChange {}

    record DeclareQueue(String virtualHost, QueueSpec spec) implements AdminChange {}

    record Bind(String virtualHost, BindingSpec spec) implements AdminChange {}
}
