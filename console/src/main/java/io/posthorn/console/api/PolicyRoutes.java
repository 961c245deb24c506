package io.posthorn.console.api;

import static io.posthorn.console.http.Access.ADMINISTRATOR;
import static io.posthorn.console.http.Access.MANAGEMENT;
import static io.posthorn.console.http.Access.POLICYMAKER;

import io.posthorn.broker.admin.AdminChange.DeletePolicy;
import io.posthorn.broker.admin.AdminChange.PutPolicy;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Policy.Kind;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.definitions.Described;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Policies of one kind: users' own, or operators'.
record PolicyRoutes(Administering broker, Kind kind) {
    private static final Fields<Policy> FIELDS = Listed.members(
            List.of("vhost", "name", "pattern", "apply-to", "definition", "priority"), Described::policy);

    static List<Route> routes(Administering broker) {
        var routes = new ArrayList<Route>();
        routes.addAll(new PolicyRoutes(broker, Kind.USER).routes());
        routes.addAll(new PolicyRoutes(broker, Kind.OPERATOR).routes());
        return routes;
    }

    private List<Route> routes() {
        String root = kind == Kind.USER ? "/api/policies" : "/api/operator-policies";
        String what = kind == Kind.USER ? "policy" : "operator policy";
        Access makers = kind == Kind.USER ? POLICYMAKER : ADMINISTRATOR;
        return List.of(
                Route.get(root, MANAGEMENT, this::list)
                        .says("Every %s in the virtual hosts that the caller may look at.".formatted(what)),
                Route.get(root + "/{vhost}", MANAGEMENT, this::listHost)
                        .says("Every %s of a virtual host.".formatted(what)),
                Route.get(root + "/{vhost}/{name}", MANAGEMENT, this::show).says("One %s.".formatted(what)),
                Route.put(root + "/{vhost}/{name}", makers, this::put)
                        .says("Makes or replaces a %s.".formatted(what))
                        .body("pattern", "string", "A regular expression, looked for in names.")
                        .body("definition", "object", "Arguments without their x-: message-ttl, max-length, ...")
                        .body("priority", "integer", "Of several that match, the highest counts.")
                        .body(
                                "apply-to",
                                "string",
                                "all, queues, classic_queues, quorum_queues, streams or exchanges."),
                Route.delete(root + "/{vhost}/{name}", makers, this::delete).says("Deletes a %s.".formatted(what)));
    }

    private List<Policy> policies(Topology topology, String host) {
        return kind == Kind.USER ? topology.policies(host) : topology.operatorPolicies(host);
    }

    private Answer list(Request request) {
        var topology = broker.current();
        var found = Administering.hosts(topology, request).stream()
                .flatMap(host -> policies(topology, host).stream())
                .toList();
        return FIELDS.list(request, found);
    }

    private Answer listHost(Request request) {
        var topology = broker.current();
        String host = Administering.host(topology, request);
        return FIELDS.list(request, policies(topology, host));
    }

    private Answer show(Request request) {
        String host = Administering.host(broker.current(), request);
        return FIELDS.one(request, find(host, request).orElseThrow(HttpFailure::notFound));
    }

    private Optional<Policy> find(String host, Request request) {
        String name = request.segment("name");
        return policies(broker.current(), host).stream()
                .filter(policy -> policy.name().equals(name))
                .findFirst();
    }

    private Answer put(Request request) {
        var topology = broker.current();
        if (!topology.hasVirtualHost(request.segment("vhost"))) {
            throw HttpFailure.notFound("vhost_not_found");
        }
        String host = Administering.host(topology, request);
        var policy = PolicyBody.policy(kind, host, request.segment("name"), request.json());
        boolean isNew = find(host, request).isEmpty();
        Validation.run(() -> broker.apply(request.caller(), new PutPolicy(policy)));
        return Answer.put(isNew);
    }

    private Answer delete(Request request) {
        String host = Administering.host(broker.current(), request);
        var policy = find(host, request).orElseThrow(HttpFailure::notFound);
        broker.apply(request.caller(), new DeletePolicy(kind, host, policy.name()));
        return Answer.noContent();
    }
}
