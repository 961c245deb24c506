package io.posthorn.console.v1;

import io.posthorn.broker.Broker;
import io.posthorn.console.MessageForm;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Route;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Our own routes, and their description.
public final class V1Api {
    private V1Api() {}

    public static List<Route> routes(Broker broker, MessageForm form, InstantSource clock) {
        return endpoints(broker, form, clock).stream().map(Endpoint::route).toList();
    }

    static List<Endpoint> endpoints(Broker broker, MessageForm form, InstantSource clock) {
        var endpoints = new ArrayList<Endpoint>();
        endpoints.addAll(new QueueRoutes(broker).endpoints());
        endpoints.addAll(new DelayRoutes(broker).endpoints());
        endpoints.addAll(new TransferRoutes(broker, form).endpoints());
        endpoints.addAll(new DeadLetterRoutes(broker, clock).endpoints());
        endpoints.add(Endpoint.of(Route.get("/v1/openapi.json", Access.OPEN, _ -> Answer.json(OpenApi.of(endpoints)))
                        .says("This description."))
                .answers(200, "OpenAPI 3.1.", new Schema(Map.of("type", "object"))));
        return endpoints;
    }
}
