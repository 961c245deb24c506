package io.posthorn.console.v1;

import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What queues have given up: in groups, and on its way back.
final class DeadLetterRoutes {
    private static final String IN_HOST = "/v1/vhosts/{vhost}/dead-letters";
    private static final String IN_QUEUE = "/v1/vhosts/{vhost}/queues/{queue}/dead-letters";
    private static final String OPERATIONS = "/v1/operations";
    private static final long USUALLY_EXAMINED = 100_000;
    private static final long MOST_EXAMINED = 10_000_000;
    private static final int FASTEST = 1_000_000;
    private static final int USUAL_REPLAYS = 3;
    private static final int MOST_REPLAYS = 1_000;
    private static final int USUAL_WAIT = 5;
    private static final int LONGEST_WAIT = 30;
    private static final int OK = 200;
    private static final int ACCEPTED = 202;

    private static final Schema LIST = Schema.object().with("operations", Schema.listOf(Operation.SCHEMA));

    private final Broker broker;
    private final Operations operations;

    DeadLetterRoutes(Broker broker, InstantSource clock) {
        this.broker = broker;
        this.operations = new Operations(broker, clock);
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.of(conditions(Route.get(IN_QUEUE, Access.MANAGEMENT, Problems.told(this::inQueue))
                                .says("The dead letters that lie in a queue, counted by what they have in common.")))
                        .answers(200, "The groups, the largest first.", DeadLetterGroups.SCHEMA),
                Endpoint.of(conditions(Route.get(IN_HOST, Access.MANAGEMENT, Problems.told(this::inHost))
                                .says("The same, of every queue that dead letters of others come to.")))
                        .answers(200, "The groups, the largest first.", DeadLetterGroups.SCHEMA),
                Endpoint.of(replayRoute())
                        .answers(OK, "It has ended.", Operation.SCHEMA)
                        .answers(ACCEPTED, "It goes on; the header location says where to ask.", Operation.SCHEMA),
                Endpoint.of(
                                Route.get(OPERATIONS, Access.MANAGEMENT, Problems.told(this::list))
                                        .says(
                                                "What runs, and the last of what ran: one's own, or all of them for who monitors."))
                        .answers(200, "The oldest first.", LIST),
                Endpoint.of(Route.get(OPERATIONS + "/{id}", Access.MANAGEMENT, Problems.told(this::one))
                                .says("How far an operation is."))
                        .answers(200, "The operation.", Operation.SCHEMA),
                Endpoint.of(Route.delete(OPERATIONS + "/{id}", Access.MANAGEMENT, Problems.told(this::cancel))
                                .says("Ends an operation; what it has done stays done."))
                        .answers(204, "It does no more."));
    }

    private static Route conditions(Route route) {
        return route.query("by", "string", "queue,reason,exchange,routing_key: some of these, or all")
                .query("most", "integer", "messages to look at: 100,000 as a rule")
                .query("queue", "string", "only what died in this queue")
                .query("reason", "string", "only for this reason: rejected, expired, maxlen, delivery_limit")
                .query("exchange", "string", "only what had been published there")
                .query("routing_key", "string", "only what had been published with this key");
    }

    private Route replayRoute() {
        return Route.post(IN_QUEUE + "/replay", Access.MANAGEMENT, Problems.told(this::replay))
                .says(
                        "Sends dead letters back to the queues in which they died. Each is settled here when it is durable there.")
                .body("where", "object", "which: queue, reason, exchange, routing_key; all of them without")
                .body("ids", "array", "only the messages with these ids")
                .body("exchange", "string", "send them there instead")
                .body("routing_key", "string", "with this key instead of their own; with exchange only")
                .body("limit", "integer", "messages at most")
                .body("rate", "integer", "messages a second; as fast as possible without")
                .body("max_replays", "integer", "leave those that were replayed so often: 3 as a rule")
                .body("dry_run", "boolean", "only count")
                .body("wait", "integer", "seconds to wait for the end: 5 as a rule, 30 at most");
    }

    private Answer inQueue(Request request) throws TimeoutException {
        return groups(request, Set.of(request.segment("queue")), false);
    }

    private Answer inHost(Request request) throws TimeoutException {
        var topology = broker.administration().current();
        var queues = new TreeSet<String>();
        for (QueueEntry each :
                topology.virtualHost(request.segment("vhost")).queues().values()) {
            topology.deadLetterTargets(each).forEach(target -> queues.add(target.name()));
        }
        return groups(request, queues, true);
    }

    private Answer groups(Request request, Set<String> queues, boolean ofMany) throws TimeoutException {
        var by = DeadLetterField.parse(request.query("by").orElse(""));
        var filter = DeadLetterFilter.of(request::query, Set.of());
        long most = Numbers.query(request, "most", USUALLY_EXAMINED, 1, MOST_EXAMINED);
        var groups = new DeadLetterGroups(by, filter, most);
        try (var work = new Work(broker, request.caller(), request.segment("vhost"))) {
            for (String queue : queues) {
                look(groups, work, queue, ofMany);
            }
        }
        return Answer.json(groups.json());
    }

    /// @param isOneOfMany what the caller may not read is none of theirs then
    private static void look(DeadLetterGroups groups, Work work, String queue, boolean isOneOfMany)
            throws TimeoutException {
        try {
            groups.look(work, queue);
        } catch (AccessRefused | NotFound refused) {
            if (!isOneOfMany) {
                throw refused;
            }
        }
    }

    private Answer replay(Request request) throws InterruptedException, TimeoutException {
        var members = new Members(request.json());
        ReplayOrder order = order(request, members);
        long wait = Numbers.member(members, "wait", USUAL_WAIT, 0, LONGEST_WAIT);
        checkThere(request);
        Operation operation = operations.begin(request.caller(), order);
        boolean ended = operation.awaitEnd(wait);
        return Answer.json(ended ? OK : ACCEPTED, operation.json()).with("location", OPERATIONS + "/" + operation.id());
    }

    /// So that a wrong name is told at once.
    private void checkThere(Request request) throws TimeoutException {
        try (var work = new Work(broker, request.caller(), request.segment("vhost"))) {
            QueueStatus _ = work.ask((session, reply) -> session.queueStatus(request.segment("queue"), reply));
        }
    }

    private static ReplayOrder order(Request request, Members members) {
        @Nullable String exchange = text(members, "exchange");
        @Nullable String routingKey = text(members, "routing_key");
        if (exchange == null && routingKey != null) {
            throw HttpFailure.badRequest("'routing_key' is for an 'exchange' that is said too");
        }
        return new ReplayOrder(
                request.segment("vhost"),
                request.segment("queue"),
                filter(members),
                exchange,
                routingKey,
                Numbers.member(members, "limit", Long.MAX_VALUE, 1, Long.MAX_VALUE),
                new Pace((int) Numbers.member(members, "rate", 0, 0, FASTEST)),
                (int) Numbers.member(members, "max_replays", USUAL_REPLAYS, 1, MOST_REPLAYS),
                members.flag("dry_run", false));
    }

    private static @Nullable String text(Members members, String name) {
        return members.find(name).isEmpty() ? null : members.requireText(name);
    }

    private static DeadLetterFilter filter(Members members) {
        var where = new Members(members.members("where"));
        for (String name : where.object().propertyNames()) {
            DeadLetterField.parse(name);
        }
        var ids = new HashSet<Long>();
        members.find("ids").ifPresent(list -> {
            if (!list.isArray()) {
                throw HttpFailure.badRequest("'ids' is a list of numbers");
            }
            for (JsonNode each : list) {
                ids.add(Members.number(each));
            }
        });
        return DeadLetterFilter.of(name -> where.find(name).map(_ -> where.requireText(name)), ids);
    }

    private Answer list(Request request) {
        var visible = operations.visibleTo(request.caller().principal());
        return Answer.json(
                Map.of("operations", visible.stream().map(Operation::json).toList()));
    }

    private Answer one(Request request) {
        return Answer.json(find(request).json());
    }

    private Answer cancel(Request request) {
        find(request).cancel();
        return Answer.noContent();
    }

    private Operation find(Request request) {
        return operations.find(request.segment("id"), request.caller().principal());
    }
}
