package io.posthorn.console.api;

import io.posthorn.broker.Broker;
import io.posthorn.console.http.Route;
import java.util.ArrayList;
import java.util.List;

/// RabbitMQ's routes, all of them; each group in a class of its own.
public final class ManagementApi {
    private ManagementApi() {}

    public static List<Route> routes(Broker broker, Observed observed) {
        var routes = new ArrayList<Route>();
        routes.addAll(IdentityRoutes.routes());
        routes.addAll(AdministrationRoutes.routes(broker, observed.node()));
        routes.addAll(OverviewRoutes.routes(observed));
        routes.addAll(NodeRoutes.routes(observed));
        routes.addAll(ConnectionRoutes.routes(observed));
        routes.addAll(HealthRoutes.routes(observed));
        return routes;
    }
}
