package io.posthorn.console.api;

import io.posthorn.broker.Broker;
import io.posthorn.broker.Done;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.Answers;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import java.util.List;
import java.util.concurrent.TimeoutException;

/// The broker as operators change it: what is answered is durable.
record Administering(Broker broker) {
    Topology current() {
        return broker.administration().current();
    }

    void apply(Actor by, AdminChange... changes) {
        apply(by, List.of(changes));
    }

    /// @throws io.posthorn.broker.BrokerException as the broker refuses; then nothing was changed
    void apply(Actor by, List<? extends AdminChange> changes) {
        try {
            Answers.<Done>await(reply -> broker.administration().apply(by, List.copyOf(changes), reply));
        } catch (TimeoutException e) {
            throw HttpFailure.of(503, "unavailable", "it is not known yet whether this will be durable");
        }
    }

    /// The virtual hosts that the caller may look at, by name.
    static List<String> hosts(Topology topology, Request request) {
        var sight = Sight.of(request, topology);
        return topology.virtualHosts().keySet().stream().filter(sight::sees).toList();
    }

    /// The virtual host that the path names.
    ///
    /// @throws HttpFailure when there is none, or the caller has no business in it
    static String host(Topology topology, Request request) {
        String host = request.segment("vhost");
        Sight.of(request, topology).checkSees(host);
        return host;
    }
}
