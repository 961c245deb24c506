package io.posthorn.console.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.Principal;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.admin.Actor;
import io.posthorn.console.MemoryBroker;
import io.posthorn.console.PlainForm;
import io.posthorn.console.http.HttpProtocol;
import io.posthorn.console.http.HttpSettings;
import io.posthorn.console.http.RouteTable;
import io.posthorn.log.Bytes;
import io.posthorn.transport.ConnectionLimit;
import io.posthorn.transport.EventLoops;
import io.posthorn.transport.ListenException;
import io.posthorn.transport.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A broker with its console on a free port, and one session to make something to look at.
final class V1World implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    final MemoryBroker memory = new MemoryBroker();
    final Work work;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final EventLoops loops = EventLoops.start(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Listener listener;

    V1World() throws TimeoutException, ListenException {
        work = new Work(memory.broker(), MemoryBroker.ADMINISTRATOR, "/");
        var protocol = new HttpProtocol(
                () -> new RouteTable(V1Api.routes(memory.broker(), new PlainForm(), InstantSource.system())),
                (authorization, _) -> authorization == null
                        ? MemoryBroker.ADMINISTRATOR
                        : new Actor(new Principal(authorization, Set.of("management")), "a test"),
                HttpSettings.DEFAULTS,
                blocking);
        listener = Listener.open(
                loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), protocol, new ConnectionLimit(50));
    }

    // ---- HTTP

    HttpResponse<String> ask(String method, String path, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + listener.address().getPort() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(60))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    int statusFor(String user, String method, String path) throws IOException, InterruptedException {
        return askAs(user, method, path).statusCode();
    }

    HttpResponse<String> askAs(String user, String method, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + listener.address().getPort() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Authorization", user)
                .timeout(Duration.ofSeconds(60))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /// The answer to a request that must succeed.
    JsonNode get(String path) throws IOException, InterruptedException {
        var response = ask("GET", path, "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    /// Replays, and waits for the end.
    JsonNode replay(String queue, String body) throws IOException, InterruptedException {
        var response = ask("POST", "/v1/vhosts/%2F/queues/" + queue + "/dead-letters/replay", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    // ---- The broker

    void declare(String queue, Map<String, Object> arguments) throws TimeoutException {
        var spec = new QueueSpec(queue, true, false, false, new Arguments(Map.copyOf(arguments)));
        QueueStatus _ = work.ask((session, reply) -> session.declareQueue(spec, reply));
    }

    /// A queue whose dead letters go to another.
    void declareWithDeadLetters(String queue, String deadLetters) throws TimeoutException {
        declare(queue, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", deadLetters));
    }

    void delete(String queue) throws TimeoutException {
        Long _ = work.ask((session, reply) -> session.deleteQueue(queue, false, false, reply));
    }

    void declareDelayed(String exchange, String queue) throws TimeoutException {
        var arguments = new Arguments(Map.of("x-delayed-type", "fanout"));
        var spec = new ExchangeSpec(exchange, "x-delayed-message", true, false, false, arguments);
        Done _ = work.ask((session, reply) -> session.declareExchange(spec, reply));
        var binding = new BindingSpec(exchange, Destination.QUEUE, queue, "", Arguments.NONE);
        Done _ = work.ask((session, reply) -> session.bind(binding, reply));
    }

    void publish(String queue, String... bodies) throws TimeoutException {
        for (String body : bodies) {
            publish("", queue, body, Arguments.NONE);
        }
    }

    /// And waits until it is durable.
    void publish(String exchange, String key, String body, Arguments attributes) throws TimeoutException {
        Done _ = work.ask((session, reply) -> {
            var publisher = session.publisher(new ReceiptSink() {
                @Override
                public void accepted(long first, long last) {
                    reply.ok(Done.DONE);
                }

                @Override
                public void refused(long first, long last, BrokerException cause) {
                    reply.failed(cause);
                }
            });
            int _ = publisher.publish(message(exchange, key, body, attributes), 1);
            session.flush();
        });
    }

    private static Message message(String exchange, String key, String body, Arguments attributes) {
        return new Message(
                exchange,
                key,
                List.of(),
                List.of(),
                null,
                List.of(),
                Bytes.utf8(body),
                true,
                0,
                Message.NEVER,
                1_800_000_000_000L,
                () -> attributes,
                null,
                0);
    }

    /// Takes everything that is ready, and refuses it; it is in the queue of the dead letters then.
    ///
    /// @return how many
    int rejectAll(String queue, String deadLetters) throws TimeoutException {
        long before = ready(deadLetters);
        int taken = takeAll(queue, Outcome.REJECTED).size();
        while (ready(deadLetters) < before + taken) {
            Thread.onSpinWait();
        }
        return taken;
    }

    List<String> acceptAll(String queue) throws TimeoutException {
        return takeAll(queue, Outcome.ACCEPTED).stream()
                .map(each -> each.message().body().toUtf8())
                .toList();
    }

    List<Delivery> takeAll(String queue, Outcome outcome) throws TimeoutException {
        var all = new ArrayList<Delivery>();
        var getter = work.<ConsumerHandle>ask((session, reply) -> reply.ok(session.getter()));
        while (true) {
            Optional<Delivery> next = work.ask((session, reply) -> session.get(queue, false, getter, reply));
            if (next.isEmpty()) {
                return all;
            }
            Delivery delivery = next.get();
            all.add(delivery);
            Done _ = work.ask((session, reply) -> {
                session.settle(getter, delivery.queue(), delivery.deliveryId(), outcome);
                session.flush();
                reply.ok(Done.DONE);
            });
        }
    }

    long ready(String queue) throws TimeoutException {
        QueueStatus status = work.ask((session, reply) -> session.queueStatus(queue, reply));
        return status.ready();
    }

    @Override
    public void close() {
        work.close();
        client.close();
        listener.stop("the test is over", Duration.ofSeconds(5));
        loops.close();
        blocking.close();
        memory.close();
    }
}
