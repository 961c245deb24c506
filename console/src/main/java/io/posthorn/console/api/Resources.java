package io.posthorn.console.api;

import io.posthorn.broker.Broker;
import io.posthorn.broker.topology.Topology;
import io.posthorn.broker.topology.VirtualHost;
import io.posthorn.console.Inquiry;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/// The broker's queues, exchanges and bindings, for one caller at a time: what they may look at, and a session of
/// theirs for what they do, below which their rights are checked.
record Resources(Broker broker) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String HOST = "vhost";

    Topology current() {
        return broker.administration().current();
    }

    /// Does something in the virtual host that the path names.
    ///
    /// @throws io.posthorn.broker.BrokerException as the broker answers
    /// @throws TimeoutException when it does not
    <T> T ask(Request request, Inquiry.Question<T> question) throws TimeoutException {
        String host = request.segment(HOST);
        Sight sight = Sight.of(request, current());
        if (sight.topology().hasVirtualHost(host)) {
            sight.checkSees(host);
        }
        return Inquiry.run(broker, request.caller(), host, PATIENCE, question);
    }

    /// The virtual host that the path names.
    ///
    /// @throws HttpFailure when there is none, or it is none of the caller's
    VirtualHost host(Request request) {
        Topology topology = current();
        String host = request.segment(HOST);
        Sight.of(request, topology).checkSees(host);
        return topology.virtualHost(host);
    }

    /// Those that the caller may look at, by name.
    List<VirtualHost> hosts(Request request) {
        Topology topology = current();
        Sight sight = Sight.of(request, topology);
        return topology.virtualHosts().values().stream()
                .filter(host -> sight.sees(host.name()))
                .toList();
    }

    /// The default exchange has no name, which a path cannot hold.
    static String exchange(String segment) {
        return segment.equals("amq.default") ? "" : segment;
    }
}
