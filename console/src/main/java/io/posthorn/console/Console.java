package io.posthorn.console;

import io.posthorn.broker.Broker;
import io.posthorn.console.api.ManagementApi;
import io.posthorn.console.http.Route;
import io.posthorn.console.http.RouteTable;
import java.util.ArrayList;
import java.util.List;

/// Everything that the console serves, put together: one table of routes.
public final class Console {
    private Console() {}

    public static RouteTable routes(Broker broker) {
        var routes = new ArrayList<Route>();
        routes.addAll(ManagementApi.routes(broker));
        return new RouteTable(List.copyOf(routes));
    }
}
