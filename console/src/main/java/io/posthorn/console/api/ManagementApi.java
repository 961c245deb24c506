package io.posthorn.console.api;

import io.posthorn.broker.Broker;
import io.posthorn.console.http.Route;
import java.util.ArrayList;
import java.util.List;

/// RabbitMQ's routes, all of them; each group in a class of its own.
public final class ManagementApi {
    private static final String NODE = "rabbit@localhost";
    private static final String VERSION = "4.2.1";

    private ManagementApi() {}

    public static List<Route> routes(Broker broker) {
        var routes = new ArrayList<Route>();
        routes.addAll(IdentityRoutes.routes());
        routes.addAll(AdministrationRoutes.routes(broker, NODE, VERSION));
        return routes;
    }
}
