package io.posthorn.server;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import io.posthorn.server.config.ServerConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/// How long lists over many queues take, and what a queue costs that nobody uses. Run by hand:
/// `java ... io.posthorn.server.QueueListMain [queues]`.
@SuppressWarnings("NullAway") // the client is not annotated
final class QueueListMain {
    private static final int WARM_UP = 15;
    private static final int RUNS = 15;
    private static final String LOGIN =
            "Basic " + Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));

    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;

    private QueueListMain(Server server) {
        base = "http://127.0.0.1:" + server.httpAddress().orElseThrow().getPort();
    }

    public static void main(String[] arguments) throws Exception {
        int queues = arguments.length == 0 ? 20_000 : Integer.parseInt(arguments[0]);
        var settings = Map.of("--memory", "true", "--amqp", "127.0.0.1:0", "--kafka", "off", "--http", "127.0.0.1:0");
        try (var server = Server.start(ServerConfig.read(settings, Map.of(), Optional.empty()))) {
            var factory = new ConnectionFactory();
            factory.setPort(server.amqpAddress().orElseThrow().getPort());
            try (var connection = factory.newConnection();
                    var channel = connection.createChannel()) {
                long before = usedHeap();
                declare(channel, queues);
                System.out.printf("an idle queue takes %d bytes of heap%n", (usedHeap() - before) / queues);
                var lists = new QueueListMain(server);
                lists.time("idle, whole list", "/api/queues");
                use(channel, queues);
                lists.time("used, whole list", "/api/queues");
                lists.time("used, columns", "/api/queues?columns=name,messages,message_stats.publish_details.rate");
                lists.time("used, a page", "/api/queues?page=3&page_size=100");
                lists.time("used, a sorted page", "/api/queues?page=3&page_size=100&sort=messages&sort_reverse=true");
                lists.time("used, names found", "/api/queues?page=1&page_size=100&name=99&use_regex=true");
                lists.time("overview", "/api/overview");
                lists.time("metrics", "/metrics");
                lists.time("metrics per object", "/metrics/per-object");
            }
        }
        System.exit(0);
    }

    private static void declare(Channel channel, int queues) throws Exception {
        for (int i = 0; i < queues; i++) {
            channel.queueDeclareNoWait("queue-" + i, true, false, false, Map.of());
        }
        channel.queueDeclarePassive("queue-" + (queues - 1));
    }

    private static void use(Channel channel, int queues) throws Exception {
        channel.confirmSelect();
        for (int i = 0; i < queues; i++) {
            channel.basicPublish("", "queue-" + i, null, new byte[10]);
        }
        channel.waitForConfirmsOrDie();
    }

    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            var memory = Runtime.getRuntime();
            least = Math.min(least, memory.totalMemory() - memory.freeMemory());
        }
        return least;
    }

    private void time(String what, String path) throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            ask(path);
        }
        var nanos = new long[RUNS];
        int length = 0;
        for (int i = 0; i < RUNS; i++) {
            long begin = System.nanoTime();
            length = ask(path);
            nanos[i] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%-20s median %6.1f ms, least %6.1f ms, most %6.1f ms, %,d bytes%n",
                what, nanos[RUNS / 2] / 1e6, nanos[0] / 1e6, nanos[RUNS - 1] / 1e6, length);
    }

    private int ask(String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Authorization", LOGIN)
                .build();
        HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + ": " + answer.statusCode());
        }
        return answer.body().length;
    }
}
