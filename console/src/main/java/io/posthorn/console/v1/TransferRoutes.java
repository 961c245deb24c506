package io.posthorn.console.v1;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.BrowsePage;
import io.posthorn.broker.BrowsedMessage;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Message;
import io.posthorn.broker.MessageState;
import io.posthorn.broker.Publisher;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.Reply;
import io.posthorn.console.MessageForm;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import io.posthorn.log.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Messages on their way into a file and back: with all their properties, each with its type.
final class TransferRoutes {
    private static final int MOST = 10_000;
    private static final int USUAL_PAGE = 100;
    private static final int MOST_IN_PAGE = 500;

    private static final Schema MESSAGE = Schema.object()
            .with("exchange", Schema.text())
            .with("routing_key", Schema.text())
            .with("properties", Schema.mapOf(Schema.object()).meaning("Each with its type: {\"int32\": 5}."))
            .with("payload", Schema.text())
            .with("payload_encoding", Schema.oneOf("base64", "string"));

    private static final Schema PAGE = Schema.object()
            .with("messages", Schema.listOf(MESSAGE))
            .with("next", Schema.integer().orNull().meaning("Where to go on; null at the end."));

    private static final Schema IMPORTED = Schema.object()
            .with("confirmed", Schema.integer())
            .with("unroutable", Schema.integer().meaning("Fit no queue, and are gone."));

    private final Broker broker;
    private final MessageForm form;

    TransferRoutes(Broker broker, MessageForm form) {
        this.broker = broker;
        this.form = form;
    }

    List<Endpoint> endpoints() {
        return List.of(
                Endpoint.of(Route.get(
                                        "/v1/vhosts/{vhost}/queues/{queue}/export",
                                        Access.MANAGEMENT,
                                        Problems.told(this::export))
                                .says("Messages as an import takes them, the oldest first; they stay where they are.")
                                .query("state", "string", "ready (usual), unsettled, or dead")
                                .query("from", "integer", "where the page before said to go on")
                                .query("limit", "integer", "messages at most: 100, or up to 500"))
                        .answers(200, "Some messages.", PAGE),
                Endpoint.of(Route.post("/v1/vhosts/{vhost}/import", Access.MANAGEMENT, Problems.told(this::load))
                                .says("Publishes messages, 10,000 at most; answered when all are safe. One that makes"
                                        + " no sense is refused with all the others.")
                                .body("messages", "array", "as an export has them")
                                .body(
                                        "to_queue",
                                        "string",
                                        "all into this queue, and not to where they were published"))
                        .answers(200, "All are safe.", IMPORTED));
    }

    private Answer export(Request request) throws TimeoutException {
        MessageState state = QueueRoutes.state(request.query("state").orElse("ready"));
        long from = Numbers.query(request, "from", 0, 0, Long.MAX_VALUE);
        int limit = (int) Numbers.query(request, "limit", USUAL_PAGE, 1, MOST_IN_PAGE);
        BrowsePage page;
        try (var work = new Work(broker, request.caller(), request.segment("vhost"))) {
            page = work.ask((session, reply) -> session.browse(request.segment("queue"), state, from, limit, reply));
        }
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("messages", page.messages().stream().map(this::exported).toList());
        json.put("next", page.next() == BrowsePage.END ? null : page.next());
        return Answer.json(json);
    }

    private Map<String, Object> exported(BrowsedMessage browsed) {
        var members = new LinkedHashMap<String, Object>();
        members.put("exchange", browsed.message().exchange());
        members.put("routing_key", browsed.message().routingKey());
        members.put("properties", TypedValues.written(properties(browsed)));
        members.put(
                "payload",
                Base64.getEncoder().encodeToString(browsed.message().body().toByteArray()));
        members.put("payload_encoding", "base64");
        return members;
    }

    // As a consumer would get it, but that nobody delivers it.
    private Arguments properties(BrowsedMessage browsed) {
        return form.properties(new Delivery(
                browsed.queue(), browsed.id(), browsed.redelivered(), browsed.deliveryCount(), browsed.message(), -1));
    }

    private Answer load(Request request) throws TimeoutException {
        ObjectNode body = request.json();
        List<Message> messages = messages(request, body);
        if (!broker.alarms().isEmpty()) {
            throw HttpFailure.of(503, "unavailable", "the broker takes no messages: " + broker.alarms());
        }
        Imported imported;
        try (var work = new Work(broker, request.caller(), request.segment("vhost"))) {
            imported = work.ask((session, reply) -> new Importing(messages.size(), reply).publish(session, messages));
        }
        return Answer.json(Map.of("confirmed", imported.confirmed(), "unroutable", imported.unroutable()));
    }

    private List<Message> messages(Request request, ObjectNode body) {
        JsonNode given = new Members(body).require("messages");
        if (!given.isArray() || given.size() > MOST) {
            throw HttpFailure.badRequest("messages is an array of at most " + MOST);
        }
        String queue = new Members(body).text("to_queue", "");
        var messages = new ArrayList<Message>();
        for (JsonNode one : given) {
            try {
                messages.add(message(request, one, queue));
            } catch (HttpFailure | BrokerException wrong) {
                throw HttpFailure.badRequest("message %d: %s".formatted(messages.size() + 1, wrong.getMessage()));
            }
        }
        return messages;
    }

    private Message message(Request request, JsonNode one, String queue) {
        if (!(one instanceof ObjectNode object)) {
            throw HttpFailure.badRequest("it is no object");
        }
        var members = new Members(object);
        return form.message(
                queue.isEmpty() ? members.text("exchange", "") : "",
                queue.isEmpty() ? members.requireText("routing_key") : queue,
                properties(members),
                payload(members),
                request.caller().principal());
    }

    // Of the specification's own properties, numbers have one type.
    private static Arguments properties(Members members) {
        var properties = new LinkedHashMap<String, @Nullable Object>(
                TypedValues.readTable(members.members("properties")).values());
        properties.replaceAll((_, value) -> value instanceof Integer number ? Long.valueOf(number) : value);
        return new Arguments(properties);
    }

    private static Bytes payload(Members members) {
        String payload = members.requireText("payload");
        return switch (members.text("payload_encoding", "string")) {
            case "string" -> new Bytes(payload.getBytes(StandardCharsets.UTF_8));
            case "base64" -> decoded(payload);
            default -> throw HttpFailure.badRequest("payload_encoding is string or base64");
        };
    }

    private static Bytes decoded(String base64) {
        try {
            return new Bytes(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw HttpFailure.badRequest("payload is no base64");
        }
    }

    private record Imported(long confirmed, long unroutable) {}

    /// Counts receipts; one that is refused fails the request. Confined to the session's thread.
    private static final class Importing implements ReceiptSink {
        private final int wanted;
        private final Reply<Imported> reply;
        private long confirmed;
        private long unroutable;

        Importing(int wanted, Reply<Imported> reply) {
            this.wanted = wanted;
            this.reply = reply;
        }

        void publish(BrokerSession session, List<Message> messages) {
            Publisher publisher = session.publisher(this);
            long sequence = 0;
            for (Message message : messages) {
                if (publisher.publish(message, ++sequence) == 0) {
                    unroutable++;
                }
            }
            session.flush();
            answerWhenDone();
        }

        @Override
        public void accepted(long firstSequence, long lastSequence) {
            confirmed += lastSequence - firstSequence + 1;
            answerWhenDone();
        }

        @Override
        public void refused(long firstSequence, long lastSequence, BrokerException cause) {
            reply.failed(cause);
        }

        private void answerWhenDone() {
            if (confirmed + unroutable == wanted) {
                reply.ok(new Imported(confirmed, unroutable));
            }
        }
    }
}
