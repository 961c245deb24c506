package io.posthorn.broker.topology;

import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.VirtualHostNotFound;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Rights;
import io.posthorn.broker.admin.Settings;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.log.LogId;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// Every virtual host with its exchanges, queues and bindings, and what operators have decided, at one instant. An
/// immutable value: any thread routes with it, and a change makes the next one, which shares all but O(log n) with
/// it.
public final class Topology {
    /// Fixed when a data directory is created: a queue's place in the journal depends on it.
    public static final int SHARDS = 16;

    static final int SHARD_BITS = 4;

    public static final Topology EMPTY = new Topology(TreePMap.empty(), Rights.NONE, Settings.NONE, 0);

    private final TreePMap<String, VirtualHost> hosts;
    private final Rights rights;
    private final Settings settings;
    private final long lastLog;

    private Topology(TreePMap<String, VirtualHost> hosts, Rights rights, Settings settings, long lastLog) {
        this.hosts = hosts;
        this.rights = rights;
        this.settings = settings;
        this.lastLog = lastLog;
    }

    /// The queues that a message goes to.
    ///
    /// An answer for which `facts` were not asked depends on the other arguments only, and may be kept as long as
    /// this topology is the current one.
    ///
    /// @throws NotFound when there is no such exchange
    /// @throws AccessRefused when the exchange is internal
    public Route route(
            String virtualHost, String exchange, String routingKey, List<String> moreRoutingKeys, MessageFacts facts) {
        var host = virtualHost(virtualHost);
        if (exchange.isEmpty() && moreRoutingKeys.isEmpty()) {
            var queue = host.queue(routingKey);
            return queue == null ? Route.NOWHERE : queue.route();
        }
        var first = exchange(virtualHost, exchange);
        if (first.spec().internal()) {
            throw new AccessRefused("cannot publish to internal " + Texts.exchange(virtualHost, exchange));
        }
        return new Matches(host, first, routingKey, moreRoutingKeys, facts).route();
    }

    /// The queues that a message of the broker's own goes to: internal exchanges take it, and what is not there
    /// leads nowhere.
    public Route routeOwn(
            String virtualHost, String exchange, String routingKey, List<String> moreRoutingKeys, MessageFacts facts) {
        var host = hosts.get(virtualHost);
        var first = host == null ? null : host.exchange(exchange);
        return host == null || first == null
                ? Route.NOWHERE
                : new Matches(host, first, routingKey, moreRoutingKeys, facts).route();
    }

    /// @throws VirtualHostNotFound
    public VirtualHost virtualHost(String name) {
        var host = hosts.get(name);
        if (host == null) {
            throw new VirtualHostNotFound("vhost " + name + " not found");
        }
        return host;
    }

    public boolean hasVirtualHost(String name) {
        return hosts.containsKey(name);
    }

    /// Users, permissions and limits of users.
    public Rights rights() {
        return rights;
    }

    /// Policies, parameters and limits of virtual hosts.
    public Settings settings() {
        return settings;
    }

    /// By name.
    public TreePMap<String, UserSpec> users() {
        return rights.users();
    }

    public @Nullable UserSpec user(String name) {
        return rights.user(name);
    }

    /// Null for a user who may not use the virtual host at all.
    public @Nullable PermissionPatterns permissions(String user, String virtualHost) {
        return rights.permissions(user, virtualHost);
    }

    /// By exchange; an exchange that is not there is not restricted.
    public TreePMap<String, TopicPatterns> topicPermissions(String user, String virtualHost) {
        return rights.topicPermissions(user, virtualHost);
    }

    /// By the limit's name; what is not there is not limited.
    public TreePMap<String, Long> userLimits(String user) {
        return rights.limits(user);
    }

    /// By the limit's name; what is not there is not limited.
    public TreePMap<String, Long> virtualHostLimits(String virtualHost) {
        return settings.limits(virtualHost);
    }

    /// By name.
    public List<Policy> policies(String virtualHost) {
        return settings.policies(virtualHost, Policy.Kind.USER);
    }

    /// By name.
    public List<Policy> operatorPolicies(String virtualHost) {
        return settings.policies(virtualHost, Policy.Kind.OPERATOR);
    }

    /// By component and name.
    public List<Parameter> parameters(String virtualHost) {
        return settings.parameters(virtualHost);
    }

    /// By name.
    public List<Parameter> parameters(String virtualHost, String component) {
        return settings.parameters(virtualHost).stream()
                .filter(parameter -> parameter.component().equals(component))
                .toList();
    }

    /// Null where there is none of this name.
    public @Nullable Parameter parameter(String virtualHost, String component, String name) {
        return settings.parameters().get(new Settings.ParameterKey(virtualHost, component, name));
    }

    /// By name.
    public List<Parameter> globalParameters() {
        return settings.parameters(null);
    }

    /// What an exchange was declared with.
    ///
    /// @throws NotFound
    public ExchangeSpec exchangeSpec(String virtualHost, String name) {
        return exchange(virtualHost, name).spec();
    }

    /// Whether messages go by the words of their routing key there, perhaps after a delay.
    public boolean isTopicExchange(String virtualHost, String name) {
        var exchange = virtualHost(virtualHost).exchange(name);
        return exchange != null && exchange.isTopic();
    }

    /// What waits at the exchange; null when it does not delay messages.
    ///
    /// @throws NotFound when there is no such exchange
    public @Nullable DelayEntry delay(String virtualHost, String exchange) {
        return exchange(virtualHost, exchange).delay();
    }

    Exchange exchange(String virtualHost, String name) {
        var exchange = virtualHost(virtualHost).exchange(name);
        if (exchange == null) {
            throw new NotFound("no " + Texts.exchange(virtualHost, name));
        }
        return exchange;
    }

    /// The queue, for a session that wants to use it.
    ///
    /// @throws NotFound
    /// @throws io.posthorn.broker.BrokerException.ResourceLocked when it is exclusive to another session
    public QueueEntry queue(String virtualHost, String name, SessionId session) {
        var queue = virtualHost(virtualHost).queue(name);
        if (queue == null) {
            throw new NotFound("no " + Texts.queue(virtualHost, name));
        }
        checkOwner(queue, session);
        return queue;
    }

    /// Whether it is this queue, or partition, that the name stands for now.
    public boolean isThere(QueueEntry queue) {
        var host = hosts.get(queue.virtualHost());
        return host != null && host.has(queue);
    }

    /// The partitions of a topic, by the first of them; none when it is gone.
    public List<QueueEntry> partitionsOf(QueueEntry head) {
        var host = hosts.get(head.virtualHost());
        return host == null || host.queue(head.name()) != head ? List.of() : host.queuesNamed(head.name());
    }

    /// Every queue that the dead letters of this one can get to, by name.
    public List<QueueEntry> deadLetterTargets(QueueEntry queue) {
        return new DeadLetterTargets(virtualHost(queue.virtualHost())).of(queue);
    }

    static void checkOwner(QueueEntry queue, SessionId session) {
        if (queue.owner() != null && !queue.owner().equals(session)) {
            throw Texts.lockedQueue(queue);
        }
    }

    /// By name.
    public TreePMap<String, VirtualHost> virtualHosts() {
        return hosts;
    }

    /// All exchanges that delay messages.
    public List<DelayEntry> delays() {
        return hosts.values().stream().flatMap(host -> host.delays().stream()).toList();
    }

    public int queueCount() {
        int count = 0;
        for (VirtualHost host : hosts.values()) {
            count += host.queues().size();
        }
        return count;
    }

    /// The id for the next durable log: never given before, over restarts too.
    LogId nextLog() {
        return new LogId(lastLog + 1);
    }

    List<LogId> nextLogs(int count) {
        return LongStream.rangeClosed(lastLog + 1, lastLog + count)
                .mapToObj(LogId::new)
                .toList();
    }

    long lastLog() {
        return lastLog;
    }

    /// The topology after one change. What concerns something unknown changes nothing, and what is there already
    /// stays as it is: recovery meets both.
    Topology apply(TopologyChange change) {
        return switch (change) {
            case TopologyChange.VirtualHostPut(var spec) -> with(spec);
            case TopologyChange.VirtualHostDeleted(String name) -> withoutHost(name);
            case TopologyChange.ExchangeDeclared(String host, var spec, @Nullable LogId delays) ->
                (delays == null ? this : usedLogs(delays)).change(host, known -> known.withExchange(spec, delays));
            case TopologyChange.ExchangeDeleted(String host, String exchange) ->
                change(host, known -> known.withoutExchange(exchange));
            case TopologyChange.QueueDeclared(String host, var spec, var log, @Nullable SessionId owner, String by) ->
                usedLogs(log).change(host, known -> known.withQueue(new QueueEntry(host, spec, log, owner, 0, by)));
            case TopologyChange.TopicCreated(String host, String topic, var config, var logs) ->
                usedLogs(logs).change(host, known -> known.withTopic(topic, config, logs));
            case TopologyChange.PartitionsAdded(String host, String topic, int first, var logs) ->
                usedLogs(logs).change(host, known -> known.withPartitions(topic, first, logs));
            case TopologyChange.TopicConfigured(String host, String topic, var config) ->
                change(host, known -> known.withConfig(topic, config));
            case TopologyChange.CursorDeclared(String host, String queue, String cursor, int first, var parts) ->
                usedLogs(CursorPart.ids(parts)).change(host, known -> known.withCursor(queue, cursor, first, parts));
            case TopologyChange.CursorDeleted(String host, String queue, String cursor) ->
                change(host, known -> known.withoutCursor(queue, cursor));
            case TopologyChange.QueueDeleted(String host, String queue) ->
                change(host, known -> known.withoutQueue(queue));
            case TopologyChange.QueuePaused(String host, String queue, String reason) ->
                change(host, known -> known.withPaused(queue, reason));
            case TopologyChange.QueueResumed(String host, String queue) ->
                change(host, known -> known.withResumed(queue));
            case TopologyChange.Bound(String host, var binding) -> change(host, known -> known.with(binding));
            case TopologyChange.Unbound(String host, var binding) -> change(host, known -> known.without(binding));
            case TopologyChange.LogIdsUsed(var last) -> usedLogs(last);
            case RightsChange right -> with(RightsChange.apply(this, right));
            case SettingsChange setting -> {
                var changed = SettingsChange.apply(this, setting);
                yield changed == settings ? this : with(changed).preparing(setting);
            }
        };
    }

    Topology apply(List<TopologyChange> changes) {
        var topology = this;
        for (TopologyChange change : changes) {
            topology = topology.apply(change);
        }
        return topology;
    }

    private Topology change(String name, UnaryOperator<VirtualHost> change) {
        var host = hosts.get(name);
        if (host == null) {
            return this;
        }
        var changed = change.apply(host);
        return changed == host ? this : with(hosts.plus(name, changed));
    }

    private Topology with(VirtualHostSpec spec) {
        var host = hosts.get(spec.name());
        var changed = host == null ? VirtualHost.create(spec) : host.with(spec);
        return changed == host ? this : with(hosts.plus(spec.name(), changed));
    }

    private Topology withoutHost(String name) {
        return hosts.containsKey(name)
                ? new Topology(
                        hosts.minus(name), rights.withoutVirtualHost(name), settings.withoutVirtualHost(name), lastLog)
                : this;
    }

    private Topology with(TreePMap<String, VirtualHost> changed) {
        return new Topology(changed, rights, settings, lastLog);
    }

    private Topology with(Rights changed) {
        return changed == rights ? this : new Topology(hosts, changed, settings, lastLog);
    }

    /// Policies and defaults are asked for by their virtual host.
    private Topology preparing(SettingsChange change) {
        String host = change.hostOfQueues();
        return host == null ? this : change(host, known -> change.prepared(this, known));
    }

    private Topology with(Settings changed) {
        return changed == settings ? this : new Topology(hosts, rights, changed, lastLog);
    }

    private Topology usedLogs(List<LogId> logs) {
        var topology = this;
        for (LogId log : logs) {
            topology = topology.usedLogs(log);
        }
        return topology;
    }

    private Topology usedLogs(LogId log) {
        return LogIds.isVolatile(log) || log.value() <= lastLog
                ? this
                : new Topology(hosts, rights, settings, log.value());
    }
}
