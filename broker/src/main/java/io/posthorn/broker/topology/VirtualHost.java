package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.broker.policy.EffectivePolicy;
import io.posthorn.broker.policy.Policies;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicDefaults;
import io.posthorn.log.LogId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/// One virtual host: its exchanges, queues and bindings. Immutable; a change shares all but a path of the trees.
///
/// Everything is sorted, so that a snapshot written in slices can go on behind the last name it wrote.
public final class VirtualHost {
    private static final List<ExchangeSpec> PRE_MADE = List.of(
            preMade("", "direct", false),
            preMade("amq.direct", "direct", false),
            preMade("amq.fanout", "fanout", false),
            preMade("amq.headers", "headers", false),
            preMade("amq.match", "headers", false),
            preMade("amq.rabbitmq.trace", "topic", true),
            preMade("amq.topic", "topic", false));

    private final VirtualHostSpec spec;
    private final TreePMap<String, Exchange> exchanges;
    private final HostQueues queues;
    private final TreePSet<Binding> bindings;

    /// What the settings of the topology say, ready to be asked.
    private final HostSettings settings;

    private VirtualHost(
            VirtualHostSpec spec,
            TreePMap<String, Exchange> exchanges,
            HostQueues queues,
            TreePSet<Binding> bindings,
            HostSettings settings) {
        this.spec = spec;
        this.exchanges = exchanges;
        this.queues = queues;
        this.bindings = bindings;
        this.settings = settings;
    }

    static VirtualHost create(VirtualHostSpec spec) {
        var exchanges = TreePMap.<String, Exchange>empty();
        for (ExchangeSpec preMade : PRE_MADE) {
            exchanges = exchanges.plus(preMade.name(), Exchange.create(spec.name(), preMade));
        }
        return new VirtualHost(
                spec, exchanges, HostQueues.NONE, TreePSet.empty(Binding.BY_DESTINATION), HostSettings.NONE);
    }

    private static ExchangeSpec preMade(String name, String type, boolean internal) {
        return new ExchangeSpec(name, type, true, false, internal, Arguments.NONE);
    }

    static boolean isPreMade(ExchangeSpec spec) {
        return PRE_MADE.contains(spec);
    }

    public String name() {
        return spec.name();
    }

    public VirtualHostSpec spec() {
        return spec;
    }

    public @Nullable QueueEntry queue(String queue) {
        return queues.byName().get(queue);
    }

    /// Why a queue is paused; null when it is not.
    public @Nullable String pausedBecause(String queue) {
        return queues.paused().get(queue);
    }

    /// Null when there is no such exchange.
    public @Nullable ExchangeSpec exchangeSpec(String exchange) {
        var known = exchanges.get(exchange);
        return known == null ? null : known.spec();
    }

    /// By name; the default exchange, whose name is empty, is the first.
    public List<ExchangeSpec> exchangeSpecs() {
        return exchanges.values().stream().map(Exchange::spec).toList();
    }

    public int exchangeCount() {
        return exchanges.size();
    }

    /// By destination; without those of the default exchange, which need no binding.
    public List<BindingSpec> bindingSpecs() {
        return specs(bindings);
    }

    /// The bindings that lead to a queue or an exchange.
    public List<BindingSpec> bindingSpecsTo(Destination destination, String destinationName) {
        return specs(bindingsTo(destination, destinationName));
    }

    /// The bindings that lead from an exchange.
    public List<BindingSpec> bindingSpecsFrom(String exchange) {
        var found = new ArrayList<BindingSpec>();
        var source = exchanges.get(exchange);
        if (source != null) {
            source.forEachBinding(binding -> found.add(binding.spec()));
        }
        return found;
    }

    private static List<BindingSpec> specs(Collection<Binding> bindings) {
        return bindings.stream().map(Binding::spec).toList();
    }

    VirtualHost with(VirtualHostSpec changed) {
        return changed.equals(spec) ? this : new VirtualHost(changed, exchanges, queues, bindings, settings);
    }

    VirtualHost with(Policies changed) {
        return new VirtualHost(spec, exchanges, queues, bindings, settings.with(changed));
    }

    VirtualHost with(TopicDefaults changed) {
        return new VirtualHost(spec, exchanges, queues, bindings, settings.with(changed));
    }

    /// What topics of this host do where they say nothing themselves.
    public TopicDefaults topicDefaults() {
        return settings.topics();
    }

    /// The policies that a queue of this host has.
    public EffectivePolicy policyOf(QueueEntry queue) {
        return queue.policy(settings.policies());
    }

    /// The policies that an exchange of this host has.
    public EffectivePolicy policyOf(ExchangeSpec exchange) {
        return settings.policies().ofExchange(exchange.name());
    }

    /// What a queue of this host is to do: its arguments, and what policies make of them. Of topics policies say
    /// nothing; they have defaults.
    public Arguments argumentsOf(QueueEntry queue) {
        var topic = queue.spec().isTopic() ? queues.topics().get(queue.name()) : null;
        return topic != null
                ? topic.arguments(settings.topics())
                : policyOf(queue).over(queue.spec());
    }

    /// Where messages go that match no binding of the exchange: another exchange, that need not exist.
    @Nullable
    String alternateOf(Exchange exchange) {
        String declared = exchange.alternate();
        return declared != null || settings.policies().isEmpty()
                ? declared
                : policyOf(exchange.spec()).alternateOf(exchange.spec());
    }

    @Nullable
    Exchange exchange(String exchange) {
        return exchanges.get(exchange);
    }

    /// By name.
    public TreePMap<String, QueueEntry> queues() {
        return queues.byName();
    }

    /// Every queue, and every partition of topics.
    public List<QueueEntry> everyQueue() {
        return queues.all();
    }

    /// Whether it is this queue, or partition, that its name stands for.
    boolean has(QueueEntry queue) {
        return queues.has(queue);
    }

    /// All that a name stands for: the partitions of a topic, a queue alone, or nothing.
    public List<QueueEntry> queuesNamed(String name) {
        return queues.named(name);
    }

    /// All that belongs to a name: the cursors over what it stands for, and that.
    public List<QueueEntry> belongingTo(String name) {
        return queues.belongingTo(name);
    }

    /// The cursors over a stream or topic, by name; each has a part for each partition.
    public Map<String, List<QueueEntry>> cursorsOf(String queue) {
        return queues.cursors(queue);
    }

    /// What was created as a topic, by name.
    public TreePMap<String, TopicEntry> topics() {
        return queues.topics();
    }

    /// The topic whose name differs from this one by `.` and `_` only; null without one.
    @Nullable
    String topicSpelledLike(String name) {
        return queues.spellings().get(TopicRules.spelling(name));
    }

    /// Everything that is seen as a topic, by name.
    public List<Topic> seenTopics() {
        return queues.seen();
    }

    /// Null where the name stands for nothing that is seen as a topic.
    public @Nullable TopicEntry seenTopic(String name) {
        return queues.seen(name);
    }

    /// @param id see [Topic#id]
    public @Nullable TopicEntry seenTopic(long id) {
        return queues.seen(id);
    }

    TreePMap<String, Exchange> exchanges() {
        return exchanges;
    }

    TreePSet<Binding> bindings() {
        return bindings;
    }

    boolean isBound(BindingSpec spec) {
        var target = target(spec);
        return target != null && bindings.contains(new Binding(Binding.canonical(spec), target));
    }

    /// The bindings that lead to a queue or an exchange.
    List<Binding> bindingsTo(Destination destination, String destinationName) {
        var found = new ArrayList<Binding>();
        for (Binding binding : bindings.tailSet(Binding.before(destination, destinationName))) {
            if (!binding.leadsTo(destination, destinationName)) {
                break;
            }
            found.add(binding);
        }
        return found;
    }

    /// @param delays names what waits at an exchange that delays messages; null for others
    VirtualHost withExchange(ExchangeSpec spec, @Nullable LogId delays) {
        return exchanges.containsKey(spec.name())
                ? this
                : new VirtualHost(
                        this.spec,
                        exchanges.plus(spec.name(), Exchange.create(name(), spec, delays)),
                        queues,
                        bindings,
                        settings);
    }

    /// The exchanges that delay messages.
    List<DelayEntry> delays() {
        var delays = new ArrayList<DelayEntry>();
        for (Exchange exchange : exchanges.values()) {
            var delay = exchange.delay();
            if (delay != null) {
                delays.add(delay);
            }
        }
        return delays;
    }

    VirtualHost withoutExchange(String exchange) {
        var gone = exchanges.get(exchange);
        if (gone == null) {
            return this;
        }
        var related = bindingsTo(Destination.EXCHANGE, exchange);
        gone.forEachBinding(related::add);
        var rest = this;
        for (Binding binding : related) {
            rest = rest.without(binding);
        }
        return new VirtualHost(spec, rest.exchanges.minus(exchange), rest.queues, rest.bindings, settings);
    }

    VirtualHost withQueue(QueueEntry queue) {
        return with(queues.with(queue));
    }

    VirtualHost withTopic(String topic, Map<String, String> config, List<LogId> logs) {
        return with(queues.with(TopicEntry.create(name(), topic, config, logs)));
    }

    VirtualHost withPartitions(String topic, int first, List<LogId> logs) {
        return with(queues.withPartitions(topic, first, logs));
    }

    VirtualHost withConfig(String topic, Map<String, String> config) {
        return with(queues.withConfig(topic, config));
    }

    VirtualHost withCursor(String queue, String cursor, int first, List<CursorPart> parts) {
        return with(queues.withCursor(queue, cursor, first, parts));
    }

    VirtualHost withoutCursor(String queue, String cursor) {
        return with(queues.withoutCursor(queue, cursor));
    }

    VirtualHost withoutQueue(String queue) {
        var rest = this;
        for (Binding binding : bindingsTo(Destination.QUEUE, queue)) {
            rest = rest.without(binding);
        }
        return rest.with(rest.queues.without(queue));
    }

    VirtualHost withPaused(String queue, String reason) {
        return with(queues.withPaused(queue, reason));
    }

    VirtualHost withResumed(String queue) {
        return with(queues.withResumed(queue));
    }

    @SuppressWarnings("ReferenceEquality") // the same object: nothing has changed
    private VirtualHost with(HostQueues changed) {
        return changed == queues ? this : new VirtualHost(spec, exchanges, changed, bindings, settings);
    }

    /// A binding from or to something unknown is ignored: at recovery it is of something that a later part of the
    /// snapshot brings, together with the binding.
    VirtualHost with(BindingSpec spec) {
        var source = exchanges.get(spec.source());
        var target = target(spec);
        if (source == null || target == null) {
            return this;
        }
        var binding = new Binding(Binding.canonical(spec), target);
        return bindings.contains(binding)
                ? this
                : new VirtualHost(
                        this.spec,
                        exchanges.plus(spec.source(), source.with(binding)),
                        queues,
                        bindings.plus(binding),
                        settings);
    }

    VirtualHost without(BindingSpec spec) {
        var target = target(spec);
        return target == null ? this : without(new Binding(Binding.canonical(spec), target));
    }

    private VirtualHost without(Binding binding) {
        var source = exchanges.get(binding.spec().source());
        return source == null || !bindings.contains(binding)
                ? this
                : new VirtualHost(
                        this.spec,
                        exchanges.plus(binding.spec().source(), source.without(binding)),
                        queues,
                        bindings.minus(binding),
                        settings);
    }

    private @Nullable Target target(BindingSpec spec) {
        return switch (spec.destination()) {
            case QUEUE -> queues.byName().get(spec.destinationName());
            case EXCHANGE ->
                exchanges.containsKey(spec.destinationName()) ? new Target.ToExchange(spec.destinationName()) : null;
        };
    }
}
