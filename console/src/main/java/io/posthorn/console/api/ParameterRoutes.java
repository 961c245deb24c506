package io.posthorn.console.api;

import static io.posthorn.console.http.Access.ADMINISTRATOR;
import static io.posthorn.console.http.Access.MANAGEMENT;
import static io.posthorn.console.http.Access.POLICYMAKER;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.AdminChange.ClearVirtualHostLimit;
import io.posthorn.broker.admin.AdminChange.DeleteParameter;
import io.posthorn.broker.admin.AdminChange.PutParameter;
import io.posthorn.broker.admin.AdminChange.SetVirtualHostLimit;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.topology.Topology;
import io.posthorn.console.definitions.ClusterName;
import io.posthorn.console.definitions.Described;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Json;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Parameters of components, global ones, and the name of the broker, which is one of these.
///
/// RabbitMQ keeps policies and limits of hosts as parameters too; here they are shown among them, and have routes of
/// their own.
///
/// @param node names the broker that nobody has named
record ParameterRoutes(Administering broker, String node) {
    private static final Fields<Map<String, @Nullable Object>> FIELDS =
            Listed.members("value", "vhost", "component", "name");
    private static final Fields<Parameter> GLOBAL = Listed.members(List.of("name", "value"), Described::parameter);

    private static final String POLICY = "policy";
    private static final String OPERATOR_POLICY = "operator_policy";
    private static final String LIMITS = "vhost-limits";
    private static final String LIMITS_NAME = "limits";

    List<Route> routes() {
        var routes = new ArrayList<Route>();
        routes.addAll(ofHosts());
        routes.addAll(global());
        routes.add(Route.get("/api/cluster-name", MANAGEMENT, this::showName).says("What operators call the broker."));
        routes.add(Route.put("/api/cluster-name", ADMINISTRATOR, this::putName)
                .says("Changes what operators call the broker.")
                .body("name", "string", "The new name."));
        return routes;
    }

    private List<Route> ofHosts() {
        String one = "/api/parameters/{component}/{vhost}/{name}";
        return List.of(
                Route.get("/api/parameters", POLICYMAKER, this::list)
                        .says("The parameters of all components, in the virtual hosts that the caller may look at."),
                Route.get("/api/parameters/{component}", POLICYMAKER, this::list)
                        .says("The parameters of a component."),
                Route.get("/api/parameters/{component}/{vhost}", POLICYMAKER, this::listHost)
                        .says("The parameters of a component in a virtual host."),
                Route.get(one, POLICYMAKER, this::show).says("One parameter."),
                Route.put(one, POLICYMAKER, this::put)
                        .says("Sets a parameter.")
                        .body("value", "object", "Any value of JSON."),
                Route.delete(one, POLICYMAKER, this::delete).says("Deletes a parameter."));
    }

    private List<Route> global() {
        String one = "/api/global-parameters/{name}";
        return List.of(
                Route.get("/api/global-parameters", POLICYMAKER, this::listGlobal)
                        .says("The parameters that are of no virtual host."),
                Route.get(one, POLICYMAKER, this::showGlobal).says("One global parameter."),
                Route.put(one, ADMINISTRATOR, this::putGlobal)
                        .says("Sets a global parameter.")
                        .body("value", "object", "Any value of JSON."),
                Route.delete(one, ADMINISTRATOR, this::deleteGlobal).says("Deletes a global parameter."));
    }

    private Answer list(Request request) {
        var topology = broker.current();
        var wanted = component(request);
        var found = Administering.hosts(topology, request).stream()
                .flatMap(host -> parameters(topology, host, wanted).stream())
                .toList();
        return FIELDS.list(request, found);
    }

    private Answer listHost(Request request) {
        var topology = broker.current();
        String host = Administering.host(topology, request);
        return FIELDS.list(request, parameters(topology, host, component(request)));
    }

    private static Optional<String> component(Request request) {
        return request.route().variables().contains("component")
                ? Optional.of(request.segment("component"))
                : Optional.empty();
    }

    /// Policies are listed only where they are asked for, as in RabbitMQ.
    private static List<Map<String, @Nullable Object>> parameters(
            Topology topology, String host, Optional<String> wanted) {
        var found = new ArrayList<Map<String, @Nullable Object>>();
        String component = wanted.orElse("");
        for (Parameter parameter : topology.parameters(host)) {
            if (wanted.isEmpty() || component.equals(parameter.component())) {
                found.add(Described.parameter(parameter));
            }
        }
        if (wanted.isEmpty() || component.equals(OPERATOR_POLICY)) {
            topology.operatorPolicies(host)
                    .forEach(policy -> found.add(
                            Described.parameter(host, OPERATOR_POLICY, policy.name(), Described.policyValue(policy))));
        }
        if (component.equals(POLICY)) {
            topology.policies(host)
                    .forEach(policy ->
                            found.add(Described.parameter(host, POLICY, policy.name(), Described.policyValue(policy))));
        }
        var limits = topology.virtualHostLimits(host);
        if ((wanted.isEmpty() || component.equals(LIMITS)) && !limits.isEmpty()) {
            found.add(Described.parameter(host, LIMITS, LIMITS_NAME, limits));
        }
        return found;
    }

    private Answer show(Request request) {
        return FIELDS.one(request, named(request));
    }

    private Map<String, @Nullable Object> named(Request request) {
        var topology = broker.current();
        String host = Administering.host(topology, request);
        return find(topology, host, request).orElseThrow(HttpFailure::notFound);
    }

    private static Optional<Map<String, @Nullable Object>> find(Topology topology, String host, Request request) {
        String name = request.segment("name");
        return parameters(topology, host, component(request)).stream()
                .filter(parameter -> name.equals(parameter.get("name")))
                .findFirst();
    }

    private Answer put(Request request) {
        var topology = broker.current();
        if (!topology.hasVirtualHost(request.segment("vhost"))) {
            throw HttpFailure.notFound("vhost_not_found");
        }
        String host = Administering.host(topology, request);
        checkNoPolicy(request);
        var body = request.json();
        Bodies.require(body, "value");
        if (!request.segment("component").equals(LIMITS)) {
            throw unknown(request.segment("component"));
        }
        checkName(request);
        boolean isNew = topology.virtualHostLimits(host).isEmpty();
        var changes = new ArrayList<AdminChange>(withoutLimits(topology, host));
        changes.addAll(limits(host, body.get("value")));
        Validation.run(() -> broker.apply(request.caller(), changes));
        return Answer.put(isNew);
    }

    /// What a plugin would do, nobody does here. Those that definitions have brought are kept for whoever exports them.
    private static HttpFailure unknown(String component) {
        return HttpFailure.badRequest("Validation failed\n\ncomponent %s not found\n".formatted(component));
    }

    private static void checkName(Request request) {
        if (!request.segment("name").equals(LIMITS_NAME)) {
            throw HttpFailure.badRequest("Validation failed\n\nlimits are the parameter '%s', not '%s'\n"
                    .formatted(LIMITS_NAME, request.segment("name")));
        }
    }

    private static List<AdminChange> limits(String host, JsonNode value) {
        if (!value.isObject()) {
            throw HttpFailure.badRequest("Validation failed\n\nlimits not a list %s\n".formatted(value));
        }
        return value.propertyStream()
                .<AdminChange>map(limit ->
                        new SetVirtualHostLimit(host, limit.getKey(), Bodies.limit(limit.getKey(), limit.getValue())))
                .toList();
    }

    private static List<AdminChange> withoutLimits(Topology topology, String host) {
        return topology.virtualHostLimits(host).keySet().stream()
                .<AdminChange>map(name -> new ClearVirtualHostLimit(host, name))
                .toList();
    }

    private Answer delete(Request request) {
        named(request);
        checkNoPolicy(request);
        String host = request.segment("vhost");
        String component = request.segment("component");
        broker.apply(
                request.caller(),
                component.equals(LIMITS)
                        ? withoutLimits(broker.current(), host)
                        : List.of(new DeleteParameter(host, component, request.segment("name"))));
        return Answer.noContent();
    }

    private static void checkNoPolicy(Request request) {
        switch (request.segment("component")) {
            case POLICY, OPERATOR_POLICY -> throw HttpFailure.badRequest("policies may not be set using this method");
            default -> {
                // not theirs
            }
        }
    }

    private Answer listGlobal(Request request) {
        return GLOBAL.list(request, broker.current().globalParameters());
    }

    private Optional<Parameter> findGlobal(Request request) {
        String name = request.segment("name");
        return broker.current().globalParameters().stream()
                .filter(parameter -> parameter.name().equals(name))
                .findFirst();
    }

    private Answer showGlobal(Request request) {
        return GLOBAL.one(request, findGlobal(request).orElseThrow(HttpFailure::notFound));
    }

    private Answer putGlobal(Request request) {
        var body = request.json();
        Bodies.require(body, "value");
        boolean isNew = findGlobal(request).isEmpty();
        var parameter = new Parameter(null, "", request.segment("name"), Json.text(body.get("value")));
        Validation.run(() -> broker.apply(request.caller(), new PutParameter(parameter)));
        return Answer.put(isNew);
    }

    private Answer deleteGlobal(Request request) {
        var parameter = findGlobal(request).orElseThrow(HttpFailure::notFound);
        broker.apply(request.caller(), new DeleteParameter(null, parameter.component(), parameter.name()));
        return Answer.noContent();
    }

    private Answer showName(Request request) {
        return Answer.json(Map.of("name", ClusterName.of(broker.current(), node)));
    }

    private Answer putName(Request request) {
        broker.apply(request.caller(), ClusterName.changeTo(Bodies.text(request.json(), "name")));
        return Answer.noContent();
    }
}
