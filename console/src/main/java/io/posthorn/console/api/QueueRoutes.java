package io.posthorn.console.api;

import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.VirtualHost;
import io.posthorn.console.Answers;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import io.posthorn.console.rates.NamedChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Queues: listed, made, emptied and deleted.
record QueueRoutes(Resources resources, Observed observed) {
    private static final String ONE = "/api/queues/{vhost}/{name}";

    /// Up to so many are asked one by one; beyond, all queues of the broker at once.
    private static final int FEW = 16;

    List<Route> routes() {
        return List.of(
                Route.get("/api/queues", Access.MANAGEMENT, this::all).says("All queues."),
                Route.get("/api/queues/detailed", Access.MANAGEMENT, this::all)
                        .says("All queues; the same as without `detailed`."),
                Route.get("/api/queues/{vhost}", Access.MANAGEMENT, this::ofHost)
                        .says("The queues of a virtual host."),
                Route.get("/api/users/{user}/queues", Access.ADMINISTRATOR, this::ofUser)
                        .says("The queues that a user has declared."),
                Route.get(ONE, Access.MANAGEMENT, this::one).says("One queue, with its consumers."),
                Route.put(ONE, Access.MANAGEMENT, this::declare)
                        .says("Makes a queue, unless an equivalent one is there.")
                        .body("durable", "boolean", "Whether it survives a restart; not unless given.")
                        .body("auto_delete", "boolean", "Whether it goes with its last consumer.")
                        .body("arguments", "object", "Such as x-queue-type."),
                Route.delete(ONE, Access.MANAGEMENT, this::delete)
                        .says("Deletes a queue.")
                        .query("if-unused", "boolean", "Only when it has no consumers.")
                        .query("if-empty", "boolean", "Only when no message is ready."),
                Route.delete(ONE + "/contents", Access.MANAGEMENT, this::purge)
                        .says("Removes the ready messages of a queue."),
                Route.post(ONE + "/actions", Access.MANAGEMENT, this::act)
                        .says("Does nothing that this broker would need: sync and cancel_sync are taken.")
                        .body("action", "string", "sync or cancel_sync."));
    }

    private Answer all(Request request) {
        return list(request, resources.hosts(request).stream().flatMap(QueueRoutes::queues));
    }

    private Answer ofHost(Request request) {
        return list(request, queues(resources.host(request)));
    }

    private Answer ofUser(Request request) {
        String user = request.segment("user");
        if (resources.current().user(user) == null) {
            throw HttpFailure.notFound();
        }
        return list(
                request,
                resources.hosts(request).stream()
                        .flatMap(QueueRoutes::queues)
                        .filter(queue -> queue.declaredBy().equals(user)));
    }

    private static Stream<QueueEntry> queues(VirtualHost host) {
        return host.queues().values().stream();
    }

    private Answer list(Request request, Stream<QueueEntry> queues) {
        return fields(request).list(request, queues.map(QueueRow::new).toList());
    }

    private Fields<QueueRow> fields(Request request) {
        return new QueueMembers(
                        observed.node().name(),
                        observed.now(),
                        new AppliedPolicies(resources.current()),
                        RateMembers.window(request, "lengths"),
                        RateMembers.window(request, "msg_rates"))
                .fields(this::ask);
    }

    /// The one place where what queues hold and do comes into their rows.
    private void ask(List<QueueRow> rows) {
        try {
            if (rows.size() <= FEW) {
                askEach(rows);
            } else {
                askAll(rows);
            }
        } catch (TimeoutException e) {
            throw HttpFailure.of(503, "unavailable", "the broker is too busy to answer");
        }
    }

    private void askEach(List<QueueRow> rows) throws TimeoutException {
        var trends = observed.sampler().someQueues();
        for (QueueRow row : rows) {
            QueueStatistics statistics =
                    Answers.await(reply -> observed.broker().statistics().queue(row.queue(), reply));
            row.tell(statistics, trends.trend(statistics, observed.now()));
        }
    }

    private void askAll(List<QueueRow> rows) throws TimeoutException {
        var seen = observed.queues();
        Map<QueueEntry, QueueStatistics> byQueue = new HashMap<>();
        seen.all().forEach(each -> byQueue.put(each.queue(), each));
        for (QueueRow row : rows) {
            QueueStatistics statistics = byQueue.get(row.queue());
            if (statistics != null) {
                row.tell(statistics, seen.trends().trend(statistics, observed.now()));
            }
        }
    }

    private Answer one(Request request) throws TimeoutException {
        QueueEntry queue = existing(request);
        List<ConnectionStatistics> connections = observed.connectionsOnly();
        return fields(request)
                .with("consumer_details", _ -> consumers(queue, connections))
                .with("incoming", _ -> List.of())
                .with("deliveries", _ -> List.of())
                .one(request, new QueueRow(queue));
    }

    private List<Map<String, Object>> consumers(QueueEntry queue, List<ConnectionStatistics> connections) {
        return NamedChannel.of(connections).stream()
                .filter(channel -> channel.connection().virtualHost().equals(queue.virtualHost()))
                .flatMap(channel -> ChannelMembers.consumers(channel).stream())
                .filter(consumer -> consumer.report().queue().equals(queue.name()))
                .map(consumer ->
                        Map.<String, Object>of("consumer_tag", consumer.report().tag()))
                .toList();
    }

    private QueueEntry existing(Request request) {
        QueueEntry queue = resources.host(request).queue(request.segment("name"));
        if (queue == null) {
            throw HttpFailure.notFound();
        }
        return queue;
    }

    private Answer declare(Request request) throws TimeoutException {
        if (request.segment("name").isEmpty()) {
            throw HttpFailure.badRequest("a queue needs a name");
        }
        var body = new Members(request.json());
        var spec = new QueueSpec(
                request.segment("name"),
                body.flag("durable", false),
                false,
                body.flag("auto_delete", false),
                JsonArguments.of(body.members("arguments")));
        VirtualHost host = resources.current().virtualHosts().get(request.segment("vhost"));
        boolean isNew = host == null || host.queue(spec.name()) == null;
        resources.<QueueStatus>ask(request, (session, reply) -> session.declareQueue(spec, reply));
        return Answer.put(isNew);
    }

    private Answer delete(Request request) throws TimeoutException {
        String name = existing(request).name();
        boolean ifUnused = request.flag("if-unused");
        boolean ifEmpty = request.flag("if-empty");
        resources.<Long>ask(request, (session, reply) -> session.deleteQueue(name, ifUnused, ifEmpty, reply));
        return Answer.noContent();
    }

    private Answer purge(Request request) throws TimeoutException {
        String name = existing(request).name();
        resources.<Long>ask(request, (session, reply) -> session.purgeQueue(name, reply));
        return Answer.noContent();
    }

    private Answer act(Request request) {
        existing(request);
        Bodies.require(request.json(), "action");
        JsonNode action = request.json().get("action");
        return switch (action.isString() ? action.stringValue() : "") {
            case "sync", "cancel_sync" -> Answer.noContent();
            default -> throw HttpFailure.badRequest(List.of("unknown", action));
        };
    }
}
