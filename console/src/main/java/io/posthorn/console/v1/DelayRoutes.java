package io.posthorn.console.v1;

import io.posthorn.broker.Broker;
import io.posthorn.broker.DelayedMessage;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Messages that wait at an exchange for their time.
final class DelayRoutes {
    private static final String DELAYED = "/v1/vhosts/{vhost}/exchanges/{exchange}/delayed";
    private static final int USUAL_PAGE = 100;
    private static final int MOST_IN_PAGE = 1_000;

    private static final Schema PAGE = Schema.object()
            .with(
                    "messages",
                    Schema.listOf(Schema.object()
                            .with("id", Schema.text().meaning("Names the message at this exchange, for ever."))
                            .with("due_at", Schema.time())
                            .with("exchange", Schema.text())
                            .with("routing_key", Schema.text())
                            .with("body_bytes", Schema.integer())))
            .with("next", Schema.text().orNull().meaning("Where to go on; null at the end."));

    private final Broker broker;

    DelayRoutes(Broker broker) {
        this.broker = broker;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.of(Route.get(DELAYED, Access.MANAGEMENT, Problems.told(this::list))
                                .says("The messages that wait at an exchange, by their time.")
                                .query("from", "string", "where the page before said to go on")
                                .query("limit", "integer", "messages at most: 100, or up to 1,000"))
                        .answers(200, "Some messages.", PAGE),
                Endpoint.of(Route.delete(DELAYED + "/{id}", Access.MANAGEMENT, Problems.told(this::cancel))
                                .says("Takes a message out before its time."))
                        .answers(204, "It never comes."));
    }

    private Answer list(Request request) throws TimeoutException {
        int limit = (int) Numbers.query(request, "limit", USUAL_PAGE, 1, MOST_IN_PAGE);
        @Nullable
        DelayedMessage behind = request.query("from").map(DelayRoutes::place).orElse(null);
        List<DelayedMessage> found;
        try (var work = new Work(broker, request.caller(), request.segment("vhost"))) {
            found = work.ask(
                    (session, reply) -> session.delayedMessages(request.segment("exchange"), behind, limit, reply));
        }
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("messages", found.stream().map(DelayRoutes::json).toList());
        json.put("next", found.size() < limit ? null : place(found.getLast()));
        return Answer.json(json);
    }

    private static Map<String, Object> json(DelayedMessage message) {
        var json = new LinkedHashMap<String, Object>();
        // Larger than what every reader of JSON takes for a whole number.
        json.put("id", Long.toString(message.id()));
        json.put("due_at", MessageJson.time(message.dueAt()));
        json.put("exchange", message.exchange());
        json.put("routing_key", message.routingKey());
        json.put("body_bytes", message.size());
        return json;
    }

    private static String place(DelayedMessage last) {
        return last.dueAt() + "-" + last.id();
    }

    private static DelayedMessage place(String text) {
        String[] parts = text.split("-", 2);
        try {
            return new DelayedMessage(Long.parseLong(parts[1]), Long.parseLong(parts[0]), "", "", 0);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException _) {
            throw HttpFailure.badRequest("'from' is no place in the list");
        }
    }

    private Answer cancel(Request request) throws TimeoutException {
        long id = id(request.segment("id"));
        boolean done;
        try (var work = new Work(broker, request.caller(), request.segment("vhost"))) {
            done = work.<Boolean>ask((session, reply) -> session.cancelDelayed(request.segment("exchange"), id, reply));
        }
        if (!done) {
            throw notThere(request.segment("id"));
        }
        return Answer.noContent();
    }

    private static long id(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw notThere(text);
        }
    }

    private static HttpFailure notThere(String id) {
        return HttpFailure.notFound("no message '" + id + "' waits there");
    }
}
