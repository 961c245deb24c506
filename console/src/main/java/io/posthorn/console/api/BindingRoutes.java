package io.posthorn.console.api;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.Done;
import io.posthorn.broker.topology.VirtualHost;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.PercentCode;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// Bindings: listed from every end, made and removed.
record BindingRoutes(Resources resources) {
    private static final String DEFAULT_EXCHANGE = "";
    private static final String BETWEEN = "/api/bindings/{vhost}/e/{source}/{kind}/{destination}";

    /// A binding with the virtual host that it is in.
    private record Bound(String virtualHost, BindingSpec spec) {}

    private static final Fields<Bound> FIELDS = new Fields<Bound>()
            .with("source", bound -> bound.spec().source())
            .with("vhost", Bound::virtualHost)
            .with("destination", bound -> bound.spec().destinationName())
            .with("destination_type", bound -> bound.spec().destination().name().toLowerCase(Locale.ROOT))
            .with("routing_key", bound -> bound.spec().routingKey())
            .with("arguments", bound -> ArgumentMembers.of(bound.spec().arguments()))
            .with("properties_key", bound -> BindingKey.of(bound.spec()));

    List<Route> routes() {
        return List.of(
                Route.get("/api/bindings", Access.MANAGEMENT, this::all).says("All bindings."),
                Route.get("/api/bindings/{vhost}", Access.MANAGEMENT, r -> list(r, of(resources.host(r))))
                        .says("The bindings in a virtual host."),
                Route.get(BETWEEN, Access.MANAGEMENT, r -> list(r, between(r)))
                        .says("The bindings between an exchange and a queue (q) or another exchange (e)."),
                Route.post(BETWEEN, Access.MANAGEMENT, this::bind)
                        .says("Binds; Location says where the binding is found.")
                        .body("routing_key", "string", "Empty unless given.")
                        .body("arguments", "object", "Of the binding."),
                Route.get(BETWEEN + "/{props}", Access.MANAGEMENT, r -> FIELDS.one(r, named(r)))
                        .says("One binding, by its properties_key."),
                Route.delete(BETWEEN + "/{props}", Access.MANAGEMENT, this::unbind)
                        .says("Removes a binding."),
                Route.get("/api/queues/{vhost}/{name}/bindings", Access.MANAGEMENT, r -> list(r, toQueue(r)))
                        .says("The bindings that lead to a queue."),
                Route.get("/api/exchanges/{vhost}/{name}/bindings/source", Access.MANAGEMENT, r -> list(r, from(r)))
                        .says("The bindings that lead from an exchange."),
                Route.get("/api/exchanges/{vhost}/{name}/bindings/destination", Access.MANAGEMENT, r -> list(r, to(r)))
                        .says("The bindings that lead to an exchange."));
    }

    // RabbitMQ has no pages here.
    private static Answer list(Request request, Stream<Bound> bindings) {
        return FIELDS.list(request, bindings.toList());
    }

    private Answer all(Request request) {
        return list(request, resources.hosts(request).stream().flatMap(BindingRoutes::of));
    }

    private static Stream<Bound> of(VirtualHost host) {
        return Stream.concat(implied(host), bound(host, host.bindingSpecs()));
    }

    /// Every queue is bound to the default exchange by its name; nobody has to write it down.
    private static Stream<Bound> implied(VirtualHost host) {
        return host.queues().keySet().stream().map(queue -> implied(host, queue));
    }

    private static Bound implied(VirtualHost host, String queue) {
        return new Bound(
                host.name(), new BindingSpec(DEFAULT_EXCHANGE, Destination.QUEUE, queue, queue, Arguments.NONE));
    }

    private static Stream<Bound> bound(VirtualHost host, List<BindingSpec> specs) {
        return specs.stream().map(spec -> new Bound(host.name(), spec));
    }

    private Stream<Bound> toQueue(Request request) {
        VirtualHost host = resources.host(request);
        String queue = request.segment("name");
        if (host.queue(queue) == null) {
            throw HttpFailure.notFound();
        }
        return to(host, Destination.QUEUE, queue);
    }

    private static Stream<Bound> to(VirtualHost host, Destination kind, String name) {
        var explicit = bound(host, host.bindingSpecsTo(kind, name));
        boolean isQueue = kind == Destination.QUEUE && host.queue(name) != null;
        return isQueue ? Stream.concat(Stream.of(implied(host, name)), explicit) : explicit;
    }

    private Stream<Bound> from(Request request) {
        VirtualHost host = resources.host(request);
        String exchange = existing(request, host);
        return exchange.isEmpty() ? implied(host) : bound(host, host.bindingSpecsFrom(exchange));
    }

    private Stream<Bound> to(Request request) {
        VirtualHost host = resources.host(request);
        return to(host, Destination.EXCHANGE, existing(request, host));
    }

    private static String existing(Request request, VirtualHost host) {
        String exchange = Resources.exchange(request.segment("name"));
        if (host.exchangeSpec(exchange) == null) {
            throw HttpFailure.notFound();
        }
        return exchange;
    }

    private Stream<Bound> between(Request request) {
        String source = Resources.exchange(request.segment("source"));
        return to(resources.host(request), kind(request), request.segment("destination"))
                .filter(bound -> bound.spec().source().equals(source));
    }

    private static Destination kind(Request request) {
        return switch (request.segment("kind")) {
            case "q" -> Destination.QUEUE;
            case "e" -> Destination.EXCHANGE;
            default -> throw HttpFailure.notFound();
        };
    }

    private Bound named(Request request) {
        String properties = request.segment("props");
        return between(request)
                .filter(bound -> BindingKey.names(properties, bound.spec()))
                .findFirst()
                .orElseThrow(HttpFailure::notFound);
    }

    private Answer bind(Request request) throws TimeoutException {
        var body = new Members(request.json());
        var spec = new BindingSpec(
                Resources.exchange(request.segment("source")),
                kind(request),
                request.segment("destination"),
                body.text("routing_key", ""),
                JsonArguments.of(body.members("arguments")));
        resources.<Done>ask(request, (session, reply) -> session.bind(spec, reply));
        String location = PercentCode.encode(spec.destinationName()) + "/" + PercentCode.encode(BindingKey.of(spec));
        return Answer.created().with("location", location.replace("%7E", "~"));
    }

    private Answer unbind(Request request) throws TimeoutException {
        Bound bound = named(request);
        resources.<Done>ask(request, (session, reply) -> session.unbind(bound.spec(), reply));
        return Answer.noContent();
    }
}
