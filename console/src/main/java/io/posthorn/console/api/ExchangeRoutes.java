package io.posthorn.console.api;

import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.statistics.ExchangeStatistics;
import io.posthorn.broker.topology.VirtualHost;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import io.posthorn.console.rates.Watched;
import io.posthorn.console.rates.Window;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Exchanges: listed, made and deleted.
record ExchangeRoutes(Resources resources, Observed observed) {
    private static final String ONE = "/api/exchanges/{vhost}/{name}";
    private static final String USUAL_TYPE = "direct";

    /// An exchange with the virtual host that it is in.
    private record Item(VirtualHost host, ExchangeSpec spec) {}

    private Fields<Item> fields(Request request) {
        var traffic = new Traffic(observed, RateMembers.window(request, "msg_rates"));
        var policies = new AppliedPolicies(resources.current());
        return new Fields<Item>()
                .with("name", item -> item.spec().name())
                .with("vhost", item -> item.host().name())
                .with("type", item -> item.spec().type())
                .with("durable", item -> item.spec().durable())
                .with("auto_delete", item -> item.spec().autoDelete())
                .with("internal", item -> item.spec().internal())
                .with("arguments", item -> ArgumentMembers.of(item.spec().arguments()))
                .with("policy", item -> policy(policies, item))
                .with("message_stats", traffic::of);
    }

    /// What goes through exchanges, asked for once for all that are listed.
    private static final class Traffic {
        private final Map<List<String>, ExchangeStatistics> byName = new HashMap<>();
        private final Watched<ExchangeStatistics> trends;
        private final long now;
        private final @Nullable Window window;

        Traffic(Observed observed, @Nullable Window window) {
            var seen = observed.exchanges();
            seen.all().forEach(each -> byName.put(List.of(each.virtualHost(), each.exchange()), each));
            this.trends = seen.trends();
            this.now = observed.now();
            this.window = window;
        }

        // Where nothing was published, nothing is told, as in RabbitMQ.
        Object of(Item item) {
            ExchangeStatistics known =
                    byName.get(List.of(item.host().name(), item.spec().name()));
            if (known == null) {
                return Fields.Missing.MISSING;
            }
            var trend = trends.trend(known, now);
            var members = new LinkedHashMap<String, Object>();
            RateMembers.put(members, "publish_in", known.publishIn(), trend, window);
            RateMembers.put(members, "publish_out", known.publishOut(), trend, window);
            return members;
        }
    }

    // Exchanges without one do not mention it, as in RabbitMQ.
    private static Object policy(AppliedPolicies policies, Item item) {
        String name = policies.ofExchange(item.host(), item.spec().name()).policyName();
        return name == null ? Fields.Missing.MISSING : name;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/exchanges", Access.MANAGEMENT, this::all).says("All exchanges."),
                Route.get("/api/exchanges/{vhost}", Access.MANAGEMENT, this::ofHost)
                        .says("The exchanges of a virtual host."),
                Route.get(ONE, Access.MANAGEMENT, this::one).says("One exchange."),
                Route.put(ONE, Access.MANAGEMENT, this::declare)
                        .says("Makes an exchange, unless an equivalent one is there.")
                        .body("type", "string", "Direct unless given.")
                        .body("durable", "boolean", "Whether it survives a restart; not unless given.")
                        .body("auto_delete", "boolean", "Whether it goes with its last binding.")
                        .body("internal", "boolean", "Whether clients cannot publish to it.")
                        .body("arguments", "object", "Such as alternate-exchange."),
                Route.delete(ONE, Access.MANAGEMENT, this::delete)
                        .says("Deletes an exchange.")
                        .query("if-unused", "boolean", "Only when no binding leads from it."));
    }

    private Answer all(Request request) {
        return list(request, resources.hosts(request).stream().flatMap(ExchangeRoutes::items));
    }

    private Answer ofHost(Request request) {
        return list(request, items(resources.host(request)));
    }

    private static Stream<Item> items(VirtualHost host) {
        return host.exchangeSpecs().stream().map(spec -> new Item(host, spec));
    }

    private Answer list(Request request, Stream<Item> items) {
        return fields(request).list(request, items.toList());
    }

    // From whom it comes, and how much goes to which queue, is not counted; an empty list says so.
    private Answer one(Request request) {
        return fields(request)
                .with("incoming", _ -> List.of())
                .with("outgoing", _ -> List.of())
                .one(request, existing(request));
    }

    private Item existing(Request request) {
        VirtualHost host = resources.host(request);
        ExchangeSpec spec = host.exchangeSpec(Resources.exchange(request.segment("name")));
        if (spec == null) {
            throw HttpFailure.notFound();
        }
        return new Item(host, spec);
    }

    private Answer declare(Request request) throws TimeoutException {
        var body = new Members(request.json());
        var spec = new ExchangeSpec(
                Resources.exchange(request.segment("name")),
                body.text("type", USUAL_TYPE),
                body.flag("durable", false),
                body.flag("auto_delete", false),
                body.flag("internal", false),
                JsonArguments.of(body.members("arguments")));
        boolean isNew = isMissing(request, spec.name());
        resources.<Done>ask(request, (session, reply) -> session.declareExchange(spec, reply));
        return Answer.put(isNew);
    }

    private boolean isMissing(Request request, String exchange) {
        VirtualHost host = resources.current().virtualHosts().get(request.segment("vhost"));
        return host == null || host.exchangeSpec(exchange) == null;
    }

    private Answer delete(Request request) throws TimeoutException {
        String name = existing(request).spec().name();
        boolean ifUnused = request.flag("if-unused");
        resources.<Done>ask(request, (session, reply) -> session.deleteExchange(name, ifUnused, reply));
        return Answer.noContent();
    }
}
