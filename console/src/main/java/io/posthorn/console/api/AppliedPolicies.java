package io.posthorn.console.api;

import io.posthorn.broker.policy.EffectivePolicy;
import io.posthorn.broker.policy.Policies;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Topology;
import io.posthorn.broker.topology.VirtualHost;
import java.util.HashMap;
import java.util.Map;

/// Which policies queues and exchanges have, at one instant; for one request. Confined to its thread.
final class AppliedPolicies {
    private final Topology topology;
    private final Map<String, Policies> ofHosts = new HashMap<>();

    AppliedPolicies(Topology topology) {
        this.topology = topology;
    }

    EffectivePolicy ofQueue(QueueEntry queue) {
        return of(queue.virtualHost()).ofQueue(queue.name(), queue.spec().type());
    }

    EffectivePolicy ofExchange(VirtualHost host, String exchange) {
        return of(host.name()).ofExchange(exchange);
    }

    private Policies of(String host) {
        return ofHosts.computeIfAbsent(
                host, name -> Policies.of(topology.policies(name), topology.operatorPolicies(name)));
    }
}
