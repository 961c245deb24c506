package io.posthorn.console.api;

import io.posthorn.broker.Broker;
import io.posthorn.broker.admin.Credential;
import io.posthorn.console.Node;
import io.posthorn.console.http.Route;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What operators decide: virtual hosts, users and their rights, policies, parameters, limits, and all of it as a file.
final class AdministrationRoutes {
    private AdministrationRoutes() {}

    static List<Route> routes(Broker broker, Node node) {
        var administering = new Administering(broker);
        var random = new SecureRandom();
        Function<String, Credential> hashing =
                password -> broker.passwords().credential(password.getBytes(StandardCharsets.UTF_8));
        var routes = new ArrayList<Route>();
        routes.addAll(new VirtualHostRoutes(administering, node.name()).routes());
        routes.addAll(new UserRoutes(administering, hashing).routes());
        routes.addAll(new PermissionRoutes(administering).routes());
        routes.addAll(PolicyRoutes.routes(administering));
        routes.addAll(new ParameterRoutes(administering, node.name()).routes());
        routes.addAll(new LimitRoutes(administering).routes());
        routes.addAll(new DefinitionRoutes(administering, node, hashing).routes());
        routes.addAll(new PasswordRoutes(random).routes());
        return routes;
    }
}
