package io.posthorn.console.api;

import static io.posthorn.console.http.Access.ADMINISTRATOR;
import static io.posthorn.console.http.Access.MANAGEMENT;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.AdminChange.ClearUserLimit;
import io.posthorn.broker.admin.AdminChange.ClearVirtualHostLimit;
import io.posthorn.broker.admin.AdminChange.SetUserLimit;
import io.posthorn.broker.admin.AdminChange.SetVirtualHostLimit;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How much virtual hosts and users may have.
record LimitRoutes(Administering broker) {
    private static final Fields<Map<String, @Nullable Object>> OF_HOSTS = Listed.members("vhost", "value");
    private static final Fields<Map<String, @Nullable Object>> OF_USERS = Listed.members("user", "value");

    List<Route> routes() {
        return List.of(
                Route.get("/api/vhost-limits", MANAGEMENT, this::listHosts)
                        .says("The limits of the virtual hosts that the caller may look at."),
                Route.get("/api/vhost-limits/{vhost}", MANAGEMENT, this::showHost)
                        .says("The limits of a virtual host."),
                Route.put("/api/vhost-limits/{vhost}/{name}", ADMINISTRATOR, this::putHost)
                        .says("Limits a virtual host: max-connections or max-queues.")
                        .body("value", "integer", "How many; -1 for no limit."),
                Route.delete("/api/vhost-limits/{vhost}/{name}", ADMINISTRATOR, this::deleteHost)
                        .says("Takes a limit of a virtual host back."),
                Route.get("/api/user-limits", MANAGEMENT, this::listUsers)
                        .says("The limits of all users; of the caller alone, for who does not monitor."),
                Route.get("/api/user-limits/{user}", MANAGEMENT, this::showUser).says("The limits of a user."),
                Route.put("/api/user-limits/{user}/{name}", ADMINISTRATOR, this::putUser)
                        .says("Limits a user: max-connections or max-channels.")
                        .body("value", "integer", "How many; -1 for no limit."),
                Route.delete("/api/user-limits/{user}/{name}", ADMINISTRATOR, this::deleteUser)
                        .says("Takes a limit of a user back."));
    }

    private static void add(
            List<Map<String, @Nullable Object>> found, String key, String name, Map<String, Long> limits) {
        if (!limits.isEmpty()) {
            var members = new LinkedHashMap<String, @Nullable Object>();
            members.put(key, name);
            members.put("value", limits);
            found.add(members);
        }
    }

    private Answer listHosts(Request request) {
        var topology = broker.current();
        var found = new ArrayList<Map<String, @Nullable Object>>();
        var sight = Sight.of(request, topology);
        topology.virtualHosts().keySet().stream()
                .filter(sight::knows)
                .forEach(host -> add(found, "vhost", host, topology.virtualHostLimits(host)));
        return OF_HOSTS.list(request, found);
    }

    private Answer showHost(Request request) {
        var topology = broker.current();
        String host = request.segment("vhost");
        Sight.of(request, topology).checkKnows(host);
        var found = new ArrayList<Map<String, @Nullable Object>>();
        add(found, "vhost", host, topology.virtualHostLimits(host));
        return OF_HOSTS.list(request, found);
    }

    private Answer putHost(Request request) {
        String host = host(request);
        String name = request.segment("name");
        long value = Bodies.limit(name, request.json());
        Validation.run(() -> broker.apply(request.caller(), new SetVirtualHostLimit(host, name, value)));
        return Answer.noContent();
    }

    private Answer deleteHost(Request request) {
        broker.apply(request.caller(), new ClearVirtualHostLimit(host(request), request.segment("name")));
        return Answer.noContent();
    }

    private String host(Request request) {
        String host = request.segment("vhost");
        if (!broker.current().hasVirtualHost(host)) {
            throw HttpFailure.notFound("vhost_not_found");
        }
        return host;
    }

    private Answer listUsers(Request request) {
        var topology = broker.current();
        var found = new ArrayList<Map<String, @Nullable Object>>();
        for (String user : topology.users().keySet()) {
            if (sees(request, user)) {
                add(found, "user", user, topology.userLimits(user));
            }
        }
        return OF_USERS.list(request, found);
    }

    private static boolean sees(Request request, String user) {
        var caller = request.caller().principal();
        return Access.MONITORING.allows(caller) || caller.user().equals(user);
    }

    private Answer showUser(Request request) {
        var topology = broker.current();
        String user = UserRoutes.named(topology, request).name();
        if (!sees(request, user)) {
            throw HttpFailure.notAuthorised("User not authorised to access object");
        }
        var found = new ArrayList<Map<String, @Nullable Object>>();
        add(found, "user", user, topology.userLimits(user));
        return OF_USERS.list(request, found);
    }

    private Answer putUser(Request request) {
        String user = request.segment("user");
        String name = request.segment("name");
        long value = Bodies.limit(name, request.json());
        if (broker.current().user(user) == null) {
            throw HttpFailure.badRequest(List.of("no_such_user", user));
        }
        apply(request, new SetUserLimit(user, name, value));
        return Answer.noContent();
    }

    private Answer deleteUser(Request request) {
        String user = UserRoutes.named(broker.current(), request).name();
        apply(request, new ClearUserLimit(user, request.segment("name")));
        return Answer.noContent();
    }

    private void apply(Request request, AdminChange change) {
        broker.apply(request.caller(), change);
    }
}
