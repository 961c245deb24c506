package io.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.posthorn.console.http.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Exchanges, queues, bindings and messages over HTTP; what is expected is what RabbitMQ 3.10 answers to the same.
@Timeout(60)
@SuppressWarnings("NullAway") // the client is not annotated
class QueuesOverHttpTest {
    private final MemoryServer server = new MemoryServer();
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws Exception {
        connection = server.factory().newConnection();
        channel = connection.createChannel();
    }

    @AfterEach
    void close() {
        connection.abort();
        server.close();
    }

    private HttpResponse<String> ask(String method, String path, String body) throws Exception {
        return server.ask(method, path, body.replace('\'', '"'));
    }

    private void expect(int status, String method, String path, String body) throws Exception {
        HttpResponse<String> answer = ask(method, path, body);
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isEqualTo(status);
    }

    private JsonNode get(String path) throws Exception {
        return json(ask("GET", path, ""));
    }

    private static JsonNode json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.parse(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private String reason(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = ask(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        return answer.body().replace('"', '\'');
    }

    @Test
    void theQueuesOfAUserAreThoseThatTheUserDeclared() throws Exception {
        expect(201, "PUT", "/api/users/alice", "{'password':'secret','tags':''}");
        channel.queueDeclare("mine", true, false, false, null);
        expect(201, "PUT", "/api/queues/%2F/transient", "{'durable':false}");

        assertThat(get("/api/users/guest/queues?columns=name").toString())
                .isEqualTo("[{\"name\":\"mine\"},{\"name\":\"transient\"}]");
        assertThat(get("/api/users/alice/queues").isEmpty()).isTrue();
        expect(404, "GET", "/api/users/nobody/queues", "");
    }

    @Test
    void aQueueIsMadeOnceAndDeletedOnce() throws Exception {
        expect(201, "PUT", "/api/queues/%2F/q", "{'durable':true,'arguments':{'x-max-length':10}}");
        expect(204, "PUT", "/api/queues/%2F/q", "{'durable':'true','arguments':{'x-max-length':10}}");
        assertThat(reason("PUT", "/api/queues/%2F/q", "{'arguments':{'x-max-length':10}}"))
                .isEqualTo("{'error':'bad_request','reason':'inequivalent arg 'durable' for queue 'q' in vhost '/':"
                        + " received 'false' but current is 'true''}");
        expect(204, "DELETE", "/api/queues/%2F/q", "");
        expect(404, "DELETE", "/api/queues/%2F/q", "");
    }

    @Test
    void aQueueTellsWhatToolsRead() throws Exception {
        channel.queueDeclare("q", true, false, false, Map.of("x-queue-type", "quorum"));
        channel.basicPublish("", "q", null, "one".getBytes(StandardCharsets.UTF_8));
        channel.basicPublish("", "q", null, "two".getBytes(StandardCharsets.UTF_8));
        channel.queueDeclarePassive("q");
        channel.basicGet("q", false);
        JsonNode queue = get("/api/queues/%2F/q");
        assertThat(queue.get("messages").longValue()).isEqualTo(2);
        assertThat(queue.get("messages_ready").longValue()).isEqualTo(1);
        assertThat(queue.get("messages_unacknowledged").longValue()).isEqualTo(1);
        assertThat(queue.get("type").stringValue()).isEqualTo("quorum");
        assertThat(queue.get("state").stringValue()).isEqualTo("running");
        assertThat(queue.at("/arguments/x-queue-type").stringValue()).isEqualTo("quorum");
        assertThat(queue.at("/message_stats/publish").longValue()).isEqualTo(2);
        assertThat(queue.at("/message_stats/publish_details/rate").isNumber()).isTrue();
        assertThat(queue.get("policy").isNull()).isTrue();
        assertThat(queue.get("effective_policy_definition").isEmpty()).isTrue();
        for (String name :
                List.of("node", "vhost", "consumers", "memory", "consumer_capacity", "durable", "exclusive")) {
            assertThat(queue.has(name)).as(name).isTrue();
        }
    }

    @Test
    void aPolicyOfAQueueIsTold() throws Exception {
        expect(201, "PUT", "/api/policies/%2F/p", "{'pattern':'^q','definition':{'max-length':5}}");
        expect(201, "PUT", "/api/queues/%2F/q", "{}");
        JsonNode queue = get("/api/queues/%2F/q");
        assertThat(queue.get("policy").stringValue()).isEqualTo("p");
        assertThat(queue.at("/effective_policy_definition/max-length").longValue())
                .isEqualTo(5);
    }

    @Test
    void aListOfManyQueuesTellsWhatTheyHold() throws Exception {
        for (int i = 0; i < 40; i++) {
            channel.queueDeclare("q" + i, false, false, false, null);
            channel.basicPublish("", "q" + i, null, new byte[i]);
        }
        channel.queueDeclarePassive("q39");
        JsonNode all = get("/api/queues?columns=name,messages");
        assertThat(all.size()).isEqualTo(40);
        assertThat(all.valueStream().allMatch(queue -> queue.get("messages").longValue() == 1))
                .isTrue();
        assertThat(get("/api/queues/%2F?page=2&page_size=15&sort=name&columns=name")
                        .get("items")
                        .get(0)
                        .toString())
                .isEqualTo("{\"name\":\"q22\"}");
        assertThat(get("/api/queues?sort=messages&sort_reverse=true&page=1&page_size=5")
                        .get("filtered_count")
                        .longValue())
                .isEqualTo(40);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'arguments':{'x-max-length':'abc'}} | invalid arg 'x-max-length' for queue 'q'",
                "{'arguments':{'x-null':null}}        | null_not_allowed",
                "{'arguments':5}                      | not_a_map",
                "{'durable':'maybe'}                  | ['not_boolean','maybe']",
                "{bad                                 | not_json",
                "[]                                   | not_json",
            })
    void aBodyThatMakesNoSenseMakesNoQueue(String body, String reason) throws Exception {
        assertThat(reason("PUT", "/api/queues/%2F/q", body.replaceAll("\"", "")))
                .contains(reason);
        expect(404, "GET", "/api/queues/%2F/q", "");
    }

    @Test
    void aQueueIsDeletedOnlyIfItIsWhatTheCallerThinks() throws Exception {
        channel.queueDeclare("q", true, false, false, null);
        channel.basicPublish("", "q", null, new byte[1]);
        channel.queueDeclarePassive("q");
        assertThat(reason("DELETE", "/api/queues/%2F/q?if-empty=true", "")).contains("not empty");
        expect(204, "DELETE", "/api/queues/%2F/q/contents", "");
        expect(204, "DELETE", "/api/queues/%2F/q?if-empty=true", "");
        expect(404, "DELETE", "/api/queues/%2F/q/contents", "");
    }

    @Test
    void whatIsInNoVirtualHostIsNotThere() throws Exception {
        expect(404, "GET", "/api/queues/nowhere", "");
        expect(404, "GET", "/api/exchanges/nowhere/x", "");
        assertThat(ask("PUT", "/api/queues/nowhere/q", "{}").body())
                .isEqualTo("{\"error\":\"not_found\",\"reason\":\"vhost_not_found\"}");
    }

    @Test
    void anExchangeIsMadeOnceAndDeletedOnce() throws Exception {
        expect(201, "PUT", "/api/exchanges/%2F/x", "{'type':'topic','durable':true}");
        expect(204, "PUT", "/api/exchanges/%2F/x", "{'type':'topic','durable':true}");
        assertThat(reason("PUT", "/api/exchanges/%2F/x", "{'type':'fanout','durable':true}"))
                .contains("received 'fanout' but current is 'topic'");
        assertThat(reason("PUT", "/api/exchanges/%2F/y", "{'type':'nosuch'}"))
                .contains("unknown exchange type 'nosuch'");
        assertThat(get("/api/exchanges/%2F/x").get("type").stringValue()).isEqualTo("topic");
        assertThat(get("/api/exchanges/%2F").size()).isEqualTo(8);
        expect(401, "DELETE", "/api/exchanges/%2F/amq.topic", "");
        expect(204, "DELETE", "/api/exchanges/%2F/x?if-unused=true", "");
        expect(404, "DELETE", "/api/exchanges/%2F/x", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                  | q/~",
                "{'routing_key':'k'}                 | q/k",
                "{'routing_key':'a~b/c d%2F'}        | q/a%257Eb%252Fc%2520d%25252F",
                "{'routing_key':'é'}                 | q/%25C3%25A9",
            })
    void aBindingIsFoundWhereItWasSaidToBe(String body, String location) throws Exception {
        channel.queueDeclare("q", false, false, false, null);
        expect(201, "PUT", "/api/exchanges/%2F/x", "{}");
        HttpResponse<String> made = ask("POST", "/api/bindings/%2F/e/x/q/q", body);
        assertThat(made.headers().firstValue("location")).hasValue(location);
        JsonNode binding = get("/api/bindings/%2F/e/x/q/" + location);
        assertThat(binding.get("source").stringValue()).isEqualTo("x");
        expect(204, "DELETE", "/api/bindings/%2F/e/x/q/" + location, "");
        expect(404, "GET", "/api/bindings/%2F/e/x/q/" + location, "");
        assertThat(get("/api/bindings/%2F/e/x/q/q").size()).isZero();
    }

    @Test
    void bindingsThatDifferByTheirArgumentsAreToldApart() throws Exception {
        channel.queueDeclare("q", false, false, false, null);
        String path = "/api/bindings/%2F/e/amq.headers/q/q";
        String one = ask("POST", path, "{'arguments':{'n':1}}")
                .headers()
                .firstValue("location")
                .orElseThrow();
        String two = ask("POST", path, "{'arguments':{'n':2}}")
                .headers()
                .firstValue("location")
                .orElseThrow();
        assertThat(one).startsWith("q/~").isNotEqualTo(two);
        expect(204, "DELETE", "/api/bindings/%2F/e/amq.headers/q/" + one, "");
        JsonNode left = get("/api/queues/%2F/q/bindings");
        assertThat(left.size()).isEqualTo(2);
        assertThat(left.get(0).get("source").stringValue()).isEmpty();
        assertThat(left.get(1).at("/arguments/n").longValue()).isEqualTo(2);
    }

    @Test
    void bindingsAreListedFromEveryEnd() throws Exception {
        channel.queueDeclare("q", false, false, false, null);
        expect(201, "PUT", "/api/exchanges/%2F/x", "{}");
        expect(201, "POST", "/api/bindings/%2F/e/x/q/q", "{'routing_key':'k'}");
        expect(201, "POST", "/api/bindings/%2F/e/amq.topic/e/x", "{'routing_key':'k.#'}");
        assertThat(get("/api/bindings").size()).isEqualTo(3);
        assertThat(get("/api/bindings/%2F").size()).isEqualTo(3);
        assertThat(get("/api/exchanges/%2F/x/bindings/source").size()).isEqualTo(1);
        assertThat(get("/api/exchanges/%2F/x/bindings/destination").size()).isEqualTo(1);
        assertThat(get("/api/exchanges/%2F/amq.default/bindings/source").size()).isEqualTo(1);
        assertThat(get("/api/bindings/%2F/e/amq.topic/e/x")
                        .get(0)
                        .get("destination_type")
                        .stringValue())
                .isEqualTo("exchange");
        expect(404, "POST", "/api/bindings/%2F/e/x/q/nothere", "{}");
        expect(404, "POST", "/api/bindings/%2F/e/nothere/q/q", "{}");
        expect(404, "GET", "/api/bindings/%2F/e/x/z/q", "");
        expect(401, "POST", "/api/bindings/%2F/e/amq.default/q/q", "{}");
    }

    private static final String PROPERTIES = "{'content_type':'text/plain','delivery_mode':2,'priority':5,"
            + "'correlation_id':'c','reply_to':'r','expiration':'600000','message_id':'m','timestamp':1700000000,"
            + "'type':'t','user_id':'guest','app_id':'a','headers':{'s':'v','n':5,'f':1.5,'b':true,'l':[1,'a'],"
            + "'o':{'i':1}}}";

    private String publish(String properties, String routingKey, String payload) throws Exception {
        return ask(
                        "POST",
                        "/api/exchanges/%2F/amq.default/publish",
                        "{'properties':%s,'routing_key':'%s','payload':'%s','payload_encoding':'string'}"
                                .formatted(properties, routingKey, payload))
                .body();
    }

    @Test
    void whatIsPublishedOverHttpIsGotOverAmqpAsItWas() throws Exception {
        channel.queueDeclare("q", true, false, false, null);
        assertThat(publish(PROPERTIES, "q", "hello")).isEqualTo("{\"routed\":true}");
        assertThat(publish("{}", "nowhere", "hello")).isEqualTo("{\"routed\":false}");
        var got = channel.basicGet("q", true);
        AMQP.BasicProperties properties = got.getProps();
        assertThat(got.getBody()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
        assertThat(properties.getContentType()).isEqualTo("text/plain");
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
        assertThat(properties.getPriority()).isEqualTo(5);
        assertThat(properties.getTimestamp().toInstant().getEpochSecond()).isEqualTo(1_700_000_000);
        assertThat(properties.getHeaders())
                .containsEntry("n", 5L)
                .containsEntry("f", 1.5)
                .containsEntry("b", true)
                .containsEntry("o", Map.of("i", 1L));
        assertThat(properties.getHeaders().get("s")).hasToString("v");
    }

    @Test
    void whatIsPublishedOverAmqpIsGotOverHttpAsItWas() throws Exception {
        channel.queueDeclare("q", true, false, false, null);
        var properties = new AMQP.BasicProperties.Builder()
                .contentType("a/b")
                .headers(Map.of("n", 5))
                .build();
        channel.basicPublish("amq.topic", "no.queue", null, new byte[0]);
        channel.queueBind("q", "amq.topic", "k.*");
        channel.basicPublish("amq.topic", "k.1", properties, new byte[] {0, (byte) 0xff});
        channel.queueDeclarePassive("q");
        JsonNode got = json(
                ask("POST", "/api/queues/%2F/q/get", "{'count':5,'ackmode':'ack_requeue_false','encoding':'auto'}"));
        assertThat(got.toString().replace('"', '\''))
                .isEqualTo("[{'payload_bytes':2,'redelivered':false,'exchange':'amq.topic','routing_key':'k.1',"
                        + "'message_count':0,'properties':{'content_type':'a/b','headers':{'n':5}},"
                        + "'payload':'AP8=','payload_encoding':'base64'}]");
        assertThat(channel.messageCount("q")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "ack_requeue_true, 2, true",
        "reject_requeue_true, 2, true",
        "ack_requeue_false, 0, false",
        "reject_requeue_false, 0, false",
    })
    void whatIsGotGoesBackOrIsGone(String mode, int left, boolean redelivered) throws Exception {
        channel.queueDeclare("q", true, false, false, null);
        publish("{}", "q", "one");
        publish("{}", "q", "two");
        String body = "{'count':-1,'ackmode':'%s','encoding':'base64','truncate':2}".formatted(mode);
        JsonNode got = json(ask("POST", "/api/queues/%2F/q/get", body));
        assertThat(got.size()).isEqualTo(2);
        assertThat(got.get(0).get("payload").stringValue()).isEqualTo("b24=");
        assertThat(got.get(0).get("payload_bytes").intValue()).isEqualTo(3);
        assertThat(channel.messageCount("q")).isEqualTo(left);
        if (redelivered) {
            assertThat(channel.basicGet("q", true).getEnvelope().isRedeliver()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'delivery_mode':'2'}  | ['not_int','delivery_mode']",
                "{'delivery_mode':7}    | 406 PRECONDITION_FAILED - invalid message: {delivery_mode_unknown,7}",
                "{'content_type':5}     | ['not_string','content_type']",
                "{'expiration':'abc'}   | 406 PRECONDITION_FAILED - invalid expiration 'abc': no_integer",
                "{'user_id':'bob'}      | user_id property set to 'bob' but authenticated user was 'guest'",
                "{'headers':{'n':null}} | null_not_allowed",
                "{'headers':5}          | headers should be an object",
                "{'priority':256}       | 406 PRECONDITION_FAILED",
                "5                      | properties should be an object",
            })
    void aPropertyThatMakesNoSenseIsRefused(String properties, String reason) throws Exception {
        channel.queueDeclare("q", true, false, false, null);
        assertThat(publish(properties.replaceAll("\"", ""), "q", "x").replace('"', '\''))
                .startsWith("{'error':'bad_request'")
                .contains(reason);
        assertThat(channel.messageCount("q")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'count':1,'encoding':'auto'}",
                "{'count':1,'ackmode':'ack_requeue_true'}",
                "{'count':'x','ackmode':'ack_requeue_true','encoding':'auto'}",
                "{'count':1,'ackmode':'nosuch','encoding':'auto'}",
                "{'count':1,'ackmode':'ack_requeue_true','encoding':'nosuch'}",
                "{'count':1,'ackmode':'ack_requeue_true','encoding':'auto','truncate':'x'}",
            })
    void aGetThatMakesNoSenseTakesNothing(String body) throws Exception {
        channel.queueDeclare("q", true, false, false, null);
        publish("{}", "q", "x");
        expect(400, "POST", "/api/queues/%2F/q/get", body);
        assertThat(channel.messageCount("q")).isEqualTo(1);
        assertThat(channel.basicGet("q", true).getEnvelope().isRedeliver()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..%2F..%2Fetc", "a%00b", "%3Cscript%3E", "%E2%80%AE%F0%9F%93%AF", "a%20b+c"})
    void hostileNamesAreNamesAndNoMore(String name) throws Exception {
        expect(201, "PUT", "/api/queues/%2F/" + name, "{}");
        expect(200, "GET", "/api/queues/%2F/" + name, "");
        assertThat(get("/api/queues?columns=name").size()).isEqualTo(1);
        expect(204, "DELETE", "/api/queues/%2F/" + name, "");
        expect(404, "GET", "/api/queues/%2F/" + name, "");
    }

    /// As over AMQP.
    @Test
    void endsOfLinesInANameAreLeftOut() throws Exception {
        expect(201, "PUT", "/api/queues/%2F/a%0D%0Ab", "{}");
        expect(200, "GET", "/api/queues/%2F/ab", "");
    }

    @Test
    void aNameIsNotLongerThanAmqpAllows() throws Exception {
        expect(201, "PUT", "/api/queues/%2F/" + "x".repeat(255), "{}");
        expect(400, "PUT", "/api/queues/%2F/" + "x".repeat(256), "{}");
        expect(400, "PUT", "/api/exchanges/%2F/" + "x".repeat(256), "{}");
    }

    @Test
    void whoOpensThePortInABrowserIsToldWhatItIs() throws Exception {
        for (String path : List.of("/", "/api/", "/cli/")) {
            HttpResponse<String> page = ask("GET", path, "");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
        }
        expect(404, "GET", "/cli/rabbitmqadmin", "");
    }

    @Test
    void theBrokerAsAWholeAnswersTools() throws Exception {
        assertThat(get("/api/aliveness-test/%2F").toString()).isEqualTo("{\"status\":\"ok\"}");
        expect(404, "GET", "/api/aliveness-test/nowhere", "");
        assertThat(get("/api/version").stringValue()).isEqualTo("4.2.1");
        assertThat(get("/api/extensions").isArray()).isTrue();
        assertThat(get("/api/feature-flags").size()).isPositive();
        assertThat(get("/api/deprecated-features").isEmpty()).isTrue();
        expect(204, "POST", "/api/rebalance/queues", "{}");
        expect(204, "DELETE", "/api/reset", "");
        expect(200, "POST", "/api/login", "");
    }
}
