package io.posthorn.console.api;

import static io.posthorn.console.http.Access.ADMINISTRATOR;
import static io.posthorn.console.http.Access.MANAGEMENT;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.AdminChange.DeleteVirtualHost;
import io.posthorn.broker.admin.AdminChange.PutVirtualHost;
import io.posthorn.broker.admin.AdminChange.SetPermissions;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.console.definitions.Described;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Virtual hosts: listed, made, changed, protected and deleted.
record VirtualHostRoutes(Administering broker, String node) {
    List<Route> routes() {
        return List.of(
                Route.get("/api/vhosts", MANAGEMENT, this::list).says("The virtual hosts that the caller may look at."),
                Route.get("/api/vhosts/{vhost}", ADMINISTRATOR, this::show).says("One virtual host."),
                Route.put("/api/vhosts/{vhost}", ADMINISTRATOR, this::put)
                        .says("Makes a virtual host, or changes what is said of it.")
                        .body("description", "string", "For people.")
                        .body("tags", "string", "Words for people, with commas between; or an array of them.")
                        .body(
                                "default_queue_type",
                                "string",
                                "What a queue is that does not say it: classic, quorum or stream.")
                        .body("tracing", "boolean", "Whether messages go to amq.rabbitmq.trace too.")
                        .body("protected_from_deletion", "boolean", "Whether it cannot be deleted."),
                Route.delete("/api/vhosts/{vhost}", ADMINISTRATOR, this::delete)
                        .says("Deletes a virtual host, with everything in it."),
                Route.post("/api/vhosts/{vhost}/start/{node}", ADMINISTRATOR, this::start)
                        .says("Starts a virtual host on a node, where it always runs."),
                Route.post("/api/vhosts/{vhost}/deletion/protection", ADMINISTRATOR, request -> protect(request, true))
                        .says("Keeps a virtual host from being deleted."),
                Route.delete(
                                "/api/vhosts/{vhost}/deletion/protection",
                                ADMINISTRATOR,
                                request -> protect(request, false))
                        .says("Lets a virtual host be deleted again."));
    }

    private Fields<VirtualHostSpec> fields() {
        return new Fields<VirtualHostSpec>()
                .with("name", VirtualHostSpec::name)
                .with("description", VirtualHostSpec::description)
                .with("tags", VirtualHostSpec::tags)
                .with("default_queue_type", host -> Described.virtualHost(host).get("default_queue_type"))
                .with("metadata", Described::metadata)
                .with("tracing", VirtualHostSpec::tracing)
                .with("protected_from_deletion", VirtualHostSpec::isProtected)
                .with("cluster_state", _ -> Map.of(node, "running"));
    }

    private Answer list(Request request) {
        var topology = broker.current();
        var hosts = topology.virtualHosts().keySet().stream()
                .filter(Sight.of(request, topology)::knows)
                .map(name -> topology.virtualHost(name).spec())
                .toList();
        return fields().list(request, hosts);
    }

    private Answer show(Request request) {
        return fields().one(request, named(request));
    }

    private VirtualHostSpec named(Request request) {
        return find(request).orElseThrow(HttpFailure::notFound);
    }

    private Optional<VirtualHostSpec> find(Request request) {
        var topology = broker.current();
        String name = request.segment("vhost");
        return topology.hasVirtualHost(name)
                ? Optional.of(topology.virtualHost(name).spec())
                : Optional.empty();
    }

    /// Description and tags are replaced, as RabbitMQ does; what cannot be said in its older versions stays.
    private Answer put(Request request) {
        var current = find(request);
        var body = new Members(request.json());
        var metadata = new Members(body.members("metadata"));
        var unsaid = current.orElseGet(() -> VirtualHostSpec.named(request.segment("vhost")));
        var host = new VirtualHostSpec(
                unsaid.name(),
                body.text("description", metadata.text("description", "")),
                body.find("tags")
                        .or(() -> metadata.find("tags"))
                        .map(Bodies::tags)
                        .orElse(List.of()),
                queueType(body.text("default_queue_type", metadata.text("default_queue_type", "")), unsaid),
                body.flag("protected_from_deletion", metadata.flag("protected_from_deletion", unsaid.isProtected())),
                body.flag("tracing", unsaid.tracing()));
        var changes = new ArrayList<AdminChange>();
        changes.add(new PutVirtualHost(host));
        String caller = request.caller().principal().user();
        if (current.isEmpty() && broker.current().user(caller) != null) {
            // Whoever makes a host may use it, or they could not go on.
            changes.add(new SetPermissions(caller, host.name(), PermissionPatterns.EVERYTHING));
        }
        broker.apply(request.caller(), changes);
        return Answer.put(current.isEmpty());
    }

    private static @Nullable String queueType(String said, VirtualHostSpec current) {
        return switch (said) {
            case "" -> current.defaultQueueType();
            case "undefined" -> null;
            default -> said;
        };
    }

    private Answer delete(Request request) {
        broker.apply(request.caller(), new DeleteVirtualHost(named(request).name()));
        return Answer.noContent();
    }

    private Answer start(Request request) {
        String asked = request.segment("node");
        if (!asked.equals(node)) {
            throw HttpFailure.badRequest("Request to node " + asked + " failed with nodedown");
        }
        named(request);
        return Answer.noContent();
    }

    private Answer protect(Request request, boolean isProtected) {
        var host = named(request);
        broker.apply(
                request.caller(),
                new PutVirtualHost(new VirtualHostSpec(
                        host.name(),
                        host.description(),
                        host.tags(),
                        host.defaultQueueType(),
                        isProtected,
                        host.tracing())));
        return Answer.noContent();
    }
}
