package io.posthorn.verification.conformance.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.LongString;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Every property and the kinds of header that all clients can say: `Properties publish|consume QUEUE`.
///
/// Both print the message in one canonical line of JSON, so that what arrived can be compared with what was sent.
@SuppressWarnings("JavaUtilDate") // what the client's interface is made of
public final class Properties {
    private Properties() {}

    public static void main(String[] args) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(System.getenv("AMQP_URL"));
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            if (args[0].equals("publish")) {
                channel.basicPublish("", args[1], sent(), "a body".getBytes(UTF_8));
                show(sent(), "a body");
            } else {
                GetResponse got = channel.basicGet(args[1], true);
                show(got.getProps(), new String(got.getBody(), UTF_8));
            }
        }
    }

    private static AMQP.BasicProperties sent() {
        Map<String, @Nullable Object> headers = new TreeMap<>();
        headers.put("string", "grüße");
        headers.put("bytes", new byte[] {0x00, (byte) 0xff, 0x7f});
        headers.put("true", true);
        headers.put("false", false);
        headers.put("int", -70_000);
        headers.put("long", 5_000_000_000L);
        headers.put("time", new Date(1_700_000_000_000L));
        headers.put("void", null);
        headers.put("list", List.of("a", 1, Arrays.asList("b", null)));
        headers.put("table", Map.of("inner", Map.of("deep", "down"), "empty", Map.of()));
        return new AMQP.BasicProperties.Builder()
                .contentType("text/plain")
                .contentEncoding("identity")
                .headers(headers)
                .deliveryMode(2)
                .priority(7)
                .correlationId("correlation")
                .replyTo("reply")
                .expiration("60000")
                .messageId("message")
                .timestamp(new Date(1_700_000_001_000L))
                .type("type")
                .userId("guest")
                .appId("app")
                .build();
    }

    private static void show(AMQP.BasicProperties properties, String body) {
        Map<String, Object> message = new TreeMap<>();
        message.put("content_type", properties.getContentType());
        message.put("content_encoding", properties.getContentEncoding());
        message.put("headers", properties.getHeaders());
        message.put("priority", new Bare(properties.getPriority()));
        message.put("delivery_mode", new Bare(properties.getDeliveryMode()));
        message.put("correlation_id", properties.getCorrelationId());
        message.put("reply_to", properties.getReplyTo());
        message.put("expiration", properties.getExpiration());
        message.put("message_id", properties.getMessageId());
        message.put("timestamp", new Bare(properties.getTimestamp().getTime() / 1_000));
        message.put("type", properties.getType());
        message.put("user_id", properties.getUserId());
        message.put("app_id", properties.getAppId());
        message.put("body", body);
        System.out.println(canonical(message));
    }

    /// A number of a property, whose type AMQP fixes; those of headers are shown with their kind.
    private record Bare(Number value) {}

    private static String canonical(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return quoted("bytes " + HexFormat.of().formatHex(bytes));
        }
        return switch (value) {
            case null -> "null";
            case Boolean flag -> flag.toString();
            case Bare(Number number) -> number.toString();
            case Number number -> quoted("int " + number);
            case Date time -> quoted("time " + time.getTime() / 1_000);
            case String text -> quoted(text);
            case LongString text -> quoted(text.toString());
            case List<?> list -> list.stream().map(Properties::canonical).collect(Collectors.joining(",", "[", "]"));
            case Map<?, ?> table ->
                new TreeMap<>(table)
                        .entrySet().stream()
                                .map(field -> quoted(field.getKey().toString()) + ":" + canonical(field.getValue()))
                                .collect(Collectors.joining(",", "{", "}"));
            default -> throw new IllegalArgumentException(value.getClass().getName());
        };
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }
}
