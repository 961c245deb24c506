package io.posthorn.console.api;

import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Route;
import java.util.List;

/// What a person finds who opens the port in a browser, or looks for `rabbitmqadmin` where RabbitMQ keeps it.
final class PageRoutes {
    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Posthorn</title></head>
            <body>
            <h1>Posthorn</h1>
            <p>This port speaks RabbitMQ's management API, below <a href="/api/overview">/api</a>, and one of its own,
            described in <a href="/v1/openapi.json">/v1/openapi.json</a>. There is no user interface yet.</p>
            <p><code>rabbitmqadmin</code> works here and is part of RabbitMQ: the package <code>rabbitmq-server</code> has
            it, and a running RabbitMQ gives it at <code>/cli/</code>.</p>
            </body>
            </html>
            """;

    private PageRoutes() {}

    static List<Route> routes() {
        return List.of(
                Route.get("/", Access.OPEN, _ -> page(200)).says("What this port is."),
                Route.get("/api", Access.OPEN, _ -> page(200)).says("The same."),
                Route.get("/cli", Access.OPEN, _ -> page(200)).says("Where rabbitmqadmin is to be had."),
                Route.get("/cli/rabbitmqadmin", Access.OPEN, _ -> page(404))
                        .says("Not here: it is RabbitMQ's; the page says where it is to be had."));
    }

    private static Answer page(int status) {
        return Answer.text(status, "text/html; charset=utf-8", PAGE)
                .with("content-security-policy", "default-src 'none'");
    }
}
