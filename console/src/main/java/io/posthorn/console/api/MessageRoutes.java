package io.posthorn.console.api;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.Message;
import io.posthorn.console.MessageForm;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.Request;
import io.posthorn.console.http.Route;
import io.posthorn.log.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Messages, one request at a time: for tools and tries, not for programs that live from it.
record MessageRoutes(Resources resources, MessageForm form) {
    private static final long PERSISTENT = 2;

    List<Route> routes() {
        return List.of(
                Route.post("/api/exchanges/{vhost}/{name}/publish", Access.MANAGEMENT, this::publish)
                        .says("Publishes a message; answered when it is safe.")
                        .body("routing_key", "string", "Its address at the exchange.")
                        .body("payload", "string", "Its body.")
                        .body("payload_encoding", "string", "string, or base64.")
                        .body("properties", "object", "By AMQP's names, such as delivery_mode and headers."),
                Route.post("/api/queues/{vhost}/{name}/get", Access.MANAGEMENT, this::get)
                        .says("Takes messages out of a queue, or lets them go back.")
                        .body("count", "integer", "How many at most.")
                        .body(
                                "ackmode",
                                "string",
                                "ack_requeue_true, reject_requeue_true, ack_requeue_false or reject_requeue_false.")
                        .body("encoding", "string", "auto: text where it is text; or base64.")
                        .body("truncate", "integer", "So many bytes of each body at most."));
    }

    private Answer publish(Request request) throws TimeoutException {
        ObjectNode body = request.json();
        Bodies.require(body, "properties", "routing_key", "payload", "payload_encoding");
        String exchange = Resources.exchange(request.segment("name"));
        String routingKey = new Members(body).requireText("routing_key");
        Bytes payload = payload(body);
        Arguments properties = PropertyMembers.read(body.get("properties"));
        checkNoAlarm();
        try {
            checkMode(properties);
            Message message = form.message(
                    exchange, routingKey, properties, payload, request.caller().principal());
            boolean routed = resources.ask(request, (session, reply) -> Publishing.publish(session, message, reply));
            return Answer.json(Map.of("routed", routed));
        } catch (BrokerException refused) {
            throw refusal(refused);
        }
    }

    // RabbitMQ publishes over a channel, and tells how it was closed.
    private static HttpFailure refusal(BrokerException refused) {
        String code = switch (refused) {
            case NotFound _ -> "404 NOT_FOUND";
            case AccessRefused _ -> "403 ACCESS_REFUSED";
            case PreconditionFailed _, BrokerException.MessageTooLarge _ -> "406 PRECONDITION_FAILED";
            default -> throw refused;
        };
        return HttpFailure.badRequest(code + " - " + refused.getMessage());
    }

    // A connection that publishes is stopped during an alarm; who waits for an answer is told.
    private void checkNoAlarm() {
        if (!resources.broker().alarms().isEmpty()) {
            throw HttpFailure.of(
                    503,
                    "unavailable",
                    "the broker takes no messages: " + resources.broker().alarms());
        }
    }

    private static void checkMode(Arguments properties) {
        if (properties.get("delivery_mode") instanceof Long mode && mode != 1 && mode != PERSISTENT) {
            throw new PreconditionFailed("invalid message: {delivery_mode_unknown," + mode + "}");
        }
    }

    private static Bytes payload(ObjectNode body) {
        JsonNode payload = body.get("payload");
        if (!payload.isString()) {
            throw HttpFailure.badRequest("payload_not_string");
        }
        JsonNode encoding = body.get("payload_encoding");
        return switch (encoding.isString() ? encoding.stringValue() : "") {
            case "string" -> Bytes.utf8(payload.stringValue());
            case "base64" -> decoded(payload);
            default -> throw HttpFailure.badRequest(List.of("unsupported_encoding", encoding));
        };
    }

    private static Bytes decoded(JsonNode payload) {
        try {
            return new Bytes(Base64.getMimeDecoder().decode(checked(payload.stringValue())));
        } catch (IllegalArgumentException e) {
            throw HttpFailure.badRequest(List.of("not_base64", payload));
        }
    }

    // The decoder that knows line ends passes over everything else too.
    private static String checked(String base64) {
        if (!base64.chars().allMatch(MessageRoutes::isBase64)) {
            throw new IllegalArgumentException(base64);
        }
        return base64;
    }

    private static boolean isBase64(int c) {
        return (c < 0x80 && Character.isLetterOrDigit(c)) || "+/=\r\n ".indexOf(c) >= 0;
    }

    private Answer get(Request request) throws TimeoutException {
        ObjectNode json = request.json();
        Bodies.require(json, "ackmode", "count", "encoding");
        var body = new Members(json);
        long count = body.requireNumber("count");
        Optional<Long> truncate = body.find("truncate").map(Members::number);
        boolean asBase64 = asBase64(json);
        var wanted = new Getting.Wanted(request.segment("name"), count, mode(json));
        List<Getting.Got> got = resources.ask(request, (session, reply) -> Getting.get(session, form, wanted, reply));
        return Answer.json(generator -> {
            generator.writeStartArray();
            got.forEach(each -> io.posthorn.console.http.Json.write(generator, members(each, truncate, asBase64)));
            generator.writeEndArray();
        });
    }

    private static Getting.AckMode mode(ObjectNode body) {
        JsonNode mode = body.get("ackmode");
        try {
            return Getting.AckMode.valueOf((mode.isString() ? mode.stringValue() : "").toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw HttpFailure.badRequest(List.of("unknown_ackmode", mode));
        }
    }

    private static boolean asBase64(ObjectNode body) {
        JsonNode encoding = body.get("encoding");
        return switch (encoding.isString() ? encoding.stringValue() : "") {
            case "auto" -> false;
            case "base64" -> true;
            default -> throw HttpFailure.badRequest("Unsupported encoding. Please use auto or base64.");
        };
    }

    private static Map<String, Object> members(Getting.Got got, Optional<Long> truncate, boolean asBase64) {
        byte[] body = got.body().toByteArray();
        int shown = Math.clamp(truncate.orElse(Long.MAX_VALUE), 0, body.length);
        byte[] payload = shown == body.length ? body : Arrays.copyOf(body, shown);
        Optional<String> text = asBase64 ? Optional.empty() : utf8(payload);
        var members = new LinkedHashMap<String, Object>();
        members.put("payload_bytes", body.length);
        members.put("redelivered", got.redelivered());
        members.put("exchange", got.exchange());
        members.put("routing_key", got.routingKey());
        members.put("message_count", got.remaining());
        members.put("properties", PropertyMembers.written(got.properties()));
        members.put("payload", text.orElseGet(() -> Base64.getEncoder().encodeToString(payload)));
        members.put("payload_encoding", text.isPresent() ? "string" : "base64");
        return members;
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
