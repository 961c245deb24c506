package io.posthorn.console.v1;

import io.posthorn.broker.AuditLog;
import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.BrowsePage;
import io.posthorn.broker.BrowsedMessage;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.Done;
import io.posthorn.broker.MessageState;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.Reply;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One queue: how it is, what lies in it, and whether it delivers.
final class QueueRoutes {
    private static final String QUEUE = "/v1/vhosts/{vhost}/queues/{queue}";
    private static final int USUAL_PAGE = 50;
    private static final int MOST_IN_PAGE = 500;
    private static final int USUAL_BODY = 50_000;

    private static final Schema STATUS = Schema.object()
            .with("name", Schema.text())
            .with("virtual_host", Schema.text())
            .with("type", Schema.oneOf("classic", "quorum", "stream"))
            .with("durable", Schema.flag())
            .with("exclusive", Schema.flag())
            .with("auto_delete", Schema.flag())
            .with("ready", Schema.integer())
            .with("unsettled", Schema.integer())
            .with("consumers", Schema.integer())
            .with("duplicates", Schema.integer().meaning("Messages kept out since the start."))
            .with("paused_because", Schema.text().orNull());

    private static final Schema PAGE = Schema.object()
            .with("messages", Schema.listOf(MessageJson.SCHEMA))
            .with("next", Schema.integer().orNull().meaning("Where to go on; null at the end."));

    private final Broker broker;

    QueueRoutes(Broker broker) {
        this.broker = broker;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.of(Route.get(QUEUE, Access.MANAGEMENT, Problems.told(this::status))
                                .says("How a queue is."))
                        .answers(200, "The queue.", STATUS),
                Endpoint.of(Route.get(QUEUE + "/messages", Access.MANAGEMENT, Problems.told(this::messages))
                                .says("Looks at messages, the oldest first; they stay where and what they are.")
                                .query(
                                        "state",
                                        "string",
                                        "ready (usual), unsettled, or dead: those that this queue has given up")
                                .query("from", "integer", "where the page before said to go on")
                                .query("limit", "integer", "messages at most: 50, or up to 500")
                                .query("body", "integer", "bytes of each body at most: 50,000 as a rule"))
                        .answers(200, "Some messages.", PAGE),
                Endpoint.of(Route.delete(QUEUE + "/messages/{id}", Access.MANAGEMENT, Problems.told(this::take))
                                .says("Takes a message out for good, unless somebody has it already."))
                        .answers(204, "Nobody gets it any more."),
                Endpoint.of(Route.put(QUEUE + "/pause", Access.MANAGEMENT, Problems.told(this::pause))
                                .says("Lets a queue keep what it gets and deliver nothing, over restarts too.")
                                .body("reason", "string", "for people"))
                        .answers(204, "It delivers nothing."),
                Endpoint.of(Route.delete(QUEUE + "/pause", Access.MANAGEMENT, Problems.told(this::resume))
                                .says("Lets a paused queue go on."))
                        .answers(204, "It delivers."));
    }

    private Answer status(Request request) throws TimeoutException {
        QueueStatus status;
        try (var work = open(request)) {
            status = work.ask((session, reply) -> session.queueStatus(request.segment("queue"), reply));
        }
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("name", status.name());
        json.put("virtual_host", request.segment("vhost"));
        json.put("type", status.type());
        json.put("durable", status.durable());
        json.put("exclusive", status.exclusive());
        json.put("auto_delete", status.autoDelete());
        json.put("ready", status.ready());
        json.put("unsettled", status.unsettled());
        json.put("consumers", status.consumers());
        json.put("duplicates", status.duplicates());
        json.put("paused_because", status.pausedBecause());
        return Answer.json(json);
    }

    private Answer messages(Request request) throws TimeoutException {
        MessageState state = state(request.query("state").orElse("ready"));
        long from = Numbers.query(request, "from", 0, 0, Long.MAX_VALUE);
        int limit = (int) Numbers.query(request, "limit", USUAL_PAGE, 1, MOST_IN_PAGE);
        int body = (int) Numbers.query(request, "body", USUAL_BODY, 0, Integer.MAX_VALUE);
        BrowsePage page;
        try (var work = open(request)) {
            page = work.ask((session, reply) -> session.browse(request.segment("queue"), state, from, limit, reply));
        }
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put(
                "messages",
                page.messages().stream().map(each -> MessageJson.of(each, body)).toList());
        json.put("next", page.next() == BrowsePage.END ? null : page.next());
        return Answer.json(json);
    }

    private Answer take(Request request) throws TimeoutException {
        String queue = request.segment("queue");
        try (var work = open(request)) {
            BrowsedMessage wanted = find(work, queue, request.segment("id"));
            boolean taken = work.<Boolean>ask((session, reply) -> take(session, queue, wanted, reply));
            if (!taken) {
                throw notThere(request.segment("id"));
            }
        }
        broker.administration()
                .note(
                        request.caller(),
                        "take message %s out of queue '%s' in vhost '%s'"
                                .formatted(request.segment("id"), queue, request.segment("vhost")),
                        AuditLog.Entry.OK);
        return Answer.noContent();
    }

    private static BrowsedMessage find(Work work, String queue, String id) throws TimeoutException {
        long number;
        try {
            number = Long.parseLong(id);
        } catch (NumberFormatException _) {
            throw notThere(id);
        }
        BrowsePage page = work.ask((session, reply) -> session.browse(queue, MessageState.READY, number, 1, reply));
        return page.messages().stream()
                .filter(each -> each.id() == number)
                .findFirst()
                .orElseThrow(() -> notThere(id));
    }

    /// Claims it and settles it, unless somebody else has it by now.
    private static void take(BrokerSession session, String queue, BrowsedMessage wanted, Reply<Boolean> reply) {
        ConsumerHandle owner = session.getter();
        session.claim(queue, List.of(wanted.id()), owner, new Reply<List<Long>>() {
            @Override
            public void ok(List<Long> claimed) {
                claimed.forEach(_ -> session.settle(owner, wanted.queue(), wanted.deliveryId(), Outcome.ACCEPTED));
                session.flush();
                owner.close();
                reply.ok(!claimed.isEmpty());
            }

            @Override
            public void failed(BrokerException cause) {
                owner.close();
                reply.failed(cause);
            }
        });
    }

    private static HttpFailure notThere(String id) {
        return HttpFailure.notFound("no message '" + id + "' waits there");
    }

    static MessageState state(String name) {
        return switch (name) {
            case "ready" -> MessageState.READY;
            case "unsettled" -> MessageState.UNSETTLED;
            case "dead" -> MessageState.DEAD;
            default -> throw HttpFailure.badRequest("'state' is ready, unsettled or dead, and not '" + name + "'");
        };
    }

    private Answer pause(Request request) throws TimeoutException {
        String reason = new Members(request.json()).text("reason", "");
        try (var work = open(request)) {
            Done _ = work.ask((session, reply) -> session.pauseQueue(request.segment("queue"), reason, reply));
        }
        return Answer.noContent();
    }

    private Answer resume(Request request) throws TimeoutException {
        try (var work = open(request)) {
            Done _ = work.ask((session, reply) -> session.resumeQueue(request.segment("queue"), reply));
        }
        return Answer.noContent();
    }

    private Work open(Request request) throws TimeoutException {
        return new Work(broker, request.caller(), request.segment("vhost"));
    }
}
