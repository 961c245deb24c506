package io.posthorn.console.api;

import io.posthorn.broker.Broker;
import io.posthorn.console.MessageForm;
import io.posthorn.console.http.Route;
import java.util.ArrayList;
import java.util.List;

/// RabbitMQ's routes, all of them; each group in a class of its own.
public final class ManagementApi {
    private ManagementApi() {}

    public static List<Route> routes(Broker broker, Observed observed, MessageForm form) {
        String version = observed.node().identity().rabbitVersion();
        var resources = new Resources(broker);
        var routes = new ArrayList<Route>();
        routes.addAll(PageRoutes.routes());
        routes.addAll(IdentityRoutes.routes());
        routes.addAll(new LoginAttemptRoutes(broker, observed.node()).routes());
        routes.addAll(AdministrationRoutes.routes(broker, observed.node()));
        routes.addAll(new ExchangeRoutes(resources, observed).routes());
        routes.addAll(new QueueRoutes(resources, observed).routes());
        routes.addAll(new BindingRoutes(resources).routes());
        routes.addAll(new MessageRoutes(resources, form).routes());
        routes.addAll(new BrokerRoutes(resources, form, version).routes());
        routes.addAll(OverviewRoutes.routes(observed));
        routes.addAll(NodeRoutes.routes(observed));
        routes.addAll(ConnectionRoutes.routes(observed));
        routes.addAll(HealthRoutes.routes(observed));
        return routes;
    }
}
