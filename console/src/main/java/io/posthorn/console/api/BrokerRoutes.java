package io.posthorn.console.api;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Message;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.console.MessageForm;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import io.posthorn.log.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/// What tools ask of a broker as a whole.
record BrokerRoutes(Resources resources, MessageForm form, String version) {
    private static final String ALIVE = "aliveness-test";
    private static final String ALIVE_BODY = "test_message";

    /// Of RabbitMQ's flags, those that a client looks at before it uses what is served here.
    private static final Map<String, String> FLAGS = Map.of(
            "quorum_queue", "Support queues of type `quorum`",
            "stream_queue", "Support queues of type `stream`",
            "user_limits", "Configure connection and channel limits for a user",
            "virtual_host_metadata", "Virtual host metadata (description, tags, etc)");

    List<Route> routes() {
        return List.of(
                Route.get("/api/version", Access.MANAGEMENT, _ -> Answer.json(version))
                        .says("The version of RabbitMQ that clients are told."),
                Route.post("/api/login", Access.MANAGEMENT, _ -> Answer.json("ok"))
                        .says("Whether user and password are right; they are sent as with every request."),
                Route.get("/api/extensions", Access.MANAGEMENT, _ -> Answer.json(List.of()))
                        .says("Extensions of the user interface: none."),
                Route.get("/api/aliveness-test/{vhost}", Access.MANAGEMENT, this::alive)
                        .says("Sends a message through a queue named aliveness-test."),
                Route.get("/api/feature-flags", Access.ADMINISTRATOR, _ -> Answer.json(flags()))
                        .says("What RabbitMQ made optional once, and is always there here."),
                Route.put("/api/feature-flags/{name}/enable", Access.ADMINISTRATOR, BrokerRoutes::enable)
                        .says("Enables what is enabled already."),
                Route.get("/api/deprecated-features", Access.ADMINISTRATOR, _ -> Answer.json(List.of()))
                        .says("What of this broker will be taken away: nothing yet."),
                Route.get("/api/deprecated-features/used", Access.ADMINISTRATOR, _ -> Answer.json(List.of()))
                        .says("What of that is used."),
                Route.post("/api/rebalance/queues", Access.ADMINISTRATOR, _ -> Answer.noContent())
                        .says("Spreads queues over nodes; there is one."),
                Route.delete("/api/reset", Access.ADMINISTRATOR, _ -> Answer.noContent())
                        .says("Forgets statistics; rates begin anew by themselves."),
                Route.delete("/api/reset/{node}", Access.ADMINISTRATOR, _ -> Answer.noContent())
                        .says("Forgets the statistics of a node."));
    }

    private Answer alive(Request request) throws TimeoutException {
        resources.host(request);
        var queue = new QueueSpec(ALIVE, false, false, false, Arguments.NONE);
        resources.<QueueStatus>ask(request, (session, reply) -> session.declareQueue(queue, reply));
        Message message = form.message(
                "",
                ALIVE,
                Arguments.NONE,
                Bytes.utf8(ALIVE_BODY),
                request.caller().principal());
        resources.<Boolean>ask(request, (session, reply) -> Publishing.publish(session, message, reply));
        var wanted = new Getting.Wanted(ALIVE, 1, Getting.AckMode.ACK_REQUEUE_FALSE);
        List<Getting.Got> got = resources.ask(request, (session, reply) -> Getting.get(session, form, wanted, reply));
        if (got.isEmpty()) {
            throw HttpFailure.of(503, "unavailable", "the message did not come out of the queue");
        }
        return Answer.json(Map.of("status", "ok"));
    }

    private static List<Map<String, String>> flags() {
        var flags = new ArrayList<Map<String, String>>();
        FLAGS.keySet().stream()
                .sorted()
                .forEach(name -> flags.add(Map.of(
                        "name", name,
                        "desc", FLAGS.getOrDefault(name, ""),
                        "doc_url", "",
                        "state", "enabled",
                        "stability", "stable",
                        "provided_by", "rabbit")));
        return flags;
    }

    private static Answer enable(Request request) {
        if (!FLAGS.containsKey(request.segment("name"))) {
            throw HttpFailure.badRequest("unsupported");
        }
        return Answer.noContent();
    }
}
