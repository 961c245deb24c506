package io.posthorn.console;

import io.posthorn.broker.Broker;
import io.posthorn.broker.Timer;
import io.posthorn.console.api.ManagementApi;
import io.posthorn.console.api.Observed;
import io.posthorn.console.http.Route;
import io.posthorn.console.http.RouteTable;
import io.posthorn.console.metrics.MetricsRoutes;
import io.posthorn.console.rates.Sampler;
import io.posthorn.console.v1.V1Api;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Everything that the console serves, put together: one table of routes.
public final class Console {
    private Console() {}

    public static RouteTable routes(Broker broker, Node node, MessageForm form, InstantSource clock) {
        var observed = new Observed(broker, node, new Sampler(broker.statistics(), clock, Timer.SYSTEM), clock);
        var routes = new ArrayList<Route>();
        routes.addAll(ManagementApi.routes(broker, observed, form));
        routes.addAll(MetricsRoutes.routes(broker, node, clock));
        routes.addAll(V1Api.routes(broker, form, clock));
        return new RouteTable(List.copyOf(routes));
    }
}
