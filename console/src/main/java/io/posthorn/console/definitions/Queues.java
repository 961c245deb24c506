package io.posthorn.console.definitions;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.topology.Topology;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What files say of queues, and of what leads to them.
final class Queues {
    private static final String TYPE = "x-queue-type";
    private static final String GENERATED = "amq.gen-";

    private Queues() {}

    static QueueSpec stated(Item item) {
        String name = item.name("name");
        var arguments = item.arguments("arguments");
        // RabbitMQ 4 says the type a second time.
        var type = item.maybeText("type").map(VirtualHosts::queueType);
        item.ignore("policy", "exclusive", "exclusive_consumer_tag", "owner_pid_details");
        return new QueueSpec(
                name,
                item.flag("durable"),
                false,
                item.maybeFlag("auto_delete").orElse(false),
                withType(arguments, type));
    }

    static BindingSpec binding(Item item) {
        // The arguments say the same, of which this is a hash.
        item.ignore("properties_key");
        return new BindingSpec(
                item.text("source"),
                destination(item),
                item.text("destination"),
                item.maybeText("routing_key").orElse(""),
                item.arguments("arguments"));
    }

    static boolean leadsToGenerated(BindingSpec binding) {
        return binding.destination() == Destination.QUEUE
                && binding.destinationName().startsWith(GENERATED);
    }

    /// JSON does not tell how wide a number is: a binding that was read from a file is the one that is there already
    /// when they are written the same.
    static BindingSpec sameInJson(Topology topology, String host, BindingSpec spec) {
        if (spec.arguments().isEmpty() || !topology.hasVirtualHost(host)) {
            return spec;
        }
        var written = Described.arguments(spec.arguments());
        return topology.virtualHost(host).bindingSpecsTo(spec.destination(), spec.destinationName()).stream()
                .filter(known -> known.source().equals(spec.source()))
                .filter(known -> known.routingKey().equals(spec.routingKey()))
                .filter(known -> Described.arguments(known.arguments()).equals(written))
                .findFirst()
                .orElse(spec);
    }

    private static Arguments withType(Arguments arguments, Optional<String> type) {
        if (type.isEmpty() || type.get().equals("classic") || arguments.get(TYPE) != null) {
            return arguments;
        }
        var values = new LinkedHashMap<String, @Nullable Object>(arguments.values());
        values.put(TYPE, type.get());
        return new Arguments(values);
    }

    private static Destination destination(Item item) {
        String type = item.text("destination_type");
        return switch (type) {
            case "queue" -> Destination.QUEUE;
            case "exchange" -> Destination.EXCHANGE;
            default -> throw new Problem(item.get("destination_type").place(), "has to be \"queue\" or \"exchange\"");
        };
    }
}
