package io.posthorn.console.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpServerTest {
    private static final int LARGE = 3_000_000;
    private static final HttpSettings SETTINGS = new HttpSettings(
            8 * 1024, 100_000, 1_000, 1_000_000, 2, Duration.ofSeconds(20), Duration.ofSeconds(20), 16 * 1024);

    private final Semaphore mayEnd = new Semaphore(0);
    private final CountDownLatch began = new CountDownLatch(1);
    private TestServer server;

    HttpServerTest() throws Exception {
        server = new TestServer(SETTINGS);
    }

    @BeforeEach
    void start() throws Exception {
        server.close();
        server = new TestServer(
                SETTINGS,
                Route.get("/api/queues", Access.MANAGEMENT, _ -> Answer.json("all")),
                Route.get("/api/queues/detailed", Access.MANAGEMENT, _ -> Answer.json("detailed")),
                Route.get("/api/queues/{vhost}", Access.MANAGEMENT, r -> Answer.json(r.segment("vhost"))),
                Route.get(
                        "/api/queues/{vhost}/{name}",
                        Access.MANAGEMENT,
                        r -> Answer.json(r.segment("vhost") + " " + r.segment("name"))),
                Route.put("/api/queues/{vhost}/{name}", Access.MANAGEMENT, r -> Answer.json(r.json())),
                Route.get("/query", Access.OPEN, r -> Answer.json(r.query("q").orElse("none"))),
                Route.post("/open", Access.OPEN, r -> Answer.json(r.body().length)),
                Route.get("/large", Access.OPEN, _ -> Answer.text(200, "text/plain", "x".repeat(LARGE))),
                Route.get("/fault", Access.OPEN, _ -> {
                    throw new IllegalStateException("of the test's making");
                }),
                Route.get("/slow", Access.OPEN, _ -> {
                    began.countDown();
                    mayEnd.acquire();
                    return Answer.noContent();
                }),
                Route.get("/admins", Access.ADMINISTRATOR, _ -> Answer.noContent()),
                Route.get("/monitors", Access.MONITORING, _ -> Answer.noContent()));
    }

    @AfterEach
    void stop() {
        mayEnd.release(100);
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/queues                    | \"all\"",
                "/api/queues/                   | \"all\"",
                "/api/queues/detailed           | \"detailed\"",
                "/api/queues/detailed/q         | \"detailed q\"",
                "/api/queues/%2F                | \"/\"",
                "/api/queues/%2f/a%20b+c        | \"/ a b+c\"",
                "/api/queues/..%2F/%C3%A9%00    | \"../ é\\u0000\"",
                "/query?q=a+b%26c               | \"a b&c\"",
                "/query?p=1&q                   | \"true\"",
            })
    void aRouteIsFoundByTheRawPath(String path, String answer) throws Exception {
        assertThat(server.get(path).body()).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/nothere, 404",
        "GET, /api//queues, 404",
        "GET, /api/queues/%2F/q/more, 404",
        "DELETE, /api/queues/%2F, 405",
        "PATCH, /api/queues/%2F, 405",
        "BREW, /api/queues/%2F, 501",
        "GET, /fault, 500",
    })
    void whatIsNotThereIsRefused(String method, String path, int status) throws Exception {
        assertThat(server.ask(method, path, "").statusCode()).isEqualTo(status);
    }

    @Test
    void aPathThatIsNotThereIsToldInRabbitsWords() throws Exception {
        var answer = server.get("/api/nothere");
        assertThat(answer.body()).isEqualTo("{\"error\":\"Object Not Found\",\"reason\":\"Not Found\"}");
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    }

    @Test
    void aMethodThatIsNotServedIsToldWhichAre() throws Exception {
        var answer = server.ask("POST", "/api/queues/%2F/q", "{}");
        assertThat(answer.headers().firstValue("allow")).hasValue("HEAD, GET, PUT, OPTIONS");
        assertThat(server.ask("OPTIONS", "/api/queues", "").headers().firstValue("allow"))
                .hasValue("HEAD, GET, OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%zz", "%2", "%", "%ff", "%c3%28"})
    void aBrokenEncodingIsRefused(String segment) throws Exception {
        String answer = server.exchange("GET /api/queues/" + segment
                + " HTTP/1.1\r\nhost: x\r\nauthorization: Basic administrator\r\nconnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @CsvSource({
        "/admins, management, Not administrator user",
        "/admins, monitoring, Not administrator user",
        "/admins, nothing, Not management user",
        "/monitors, management, Not monitor user",
        "/monitors, policymaker, Not monitor user",
        "/api/queues, nothing, Not management user",
    })
    void whoHasTooFewTagsIsRefused(String path, String tag, String reason) throws Exception {
        var answer = server.ask(HttpRequest.newBuilder(server.uri(path)).header("Authorization", "Basic " + tag));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"error\":\"not_authorised\",\"reason\":\"" + reason + "\"}");
    }

    @Test
    void whoDoesNotSayWhoTheyAreIsAsked() throws Exception {
        var answer = server.ask(HttpRequest.newBuilder(server.uri("/api/queues")));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("www-authenticate")).hasValue("Basic realm=\"RabbitMQ Management\"");
    }

    @Test
    void aPageOfAnotherSiteIsRefused() throws Exception {
        var answer = server.ask(HttpRequest.newBuilder(server.uri("/api/queues"))
                .header("Authorization", "Basic administrator")
                .header("Sec-Fetch-Site", "cross-site"));
        assertThat(answer.statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{bad", "[]", "5", "{} {}", "{\"a\":}", "\u0000"})
    void whatIsNoJsonObjectIsRefused(String body) throws Exception {
        var answer = server.ask("PUT", "/api/queues/%2F/q", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"error\":\"bad_request\",\"reason\":\"not_json\"}");
    }

    @Test
    void deeplyNestedJsonIsRefused() throws Exception {
        String deep = "{\"a\":".repeat(10_000);
        assertThat(server.ask("PUT", "/api/queues/%2F/q", deep).statusCode()).isEqualTo(400);
    }

    @Test
    void aHeadIsAnsweredWithoutTheBody() throws Exception {
        var answer = server.ask("HEAD", "/large", "");
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("content-length")).hasValue(String.valueOf(LARGE));
    }

    @Test
    void aLargeAnswerComesInChunks() throws Exception {
        var answer = server.get("/large");
        assertThat(answer.headers().firstValue("transfer-encoding")).hasValue("chunked");
        assertThat(answer.body()).hasSize(LARGE);
    }

    @Test
    void anOldClientGetsItsAnswerWithoutChunks() throws Exception {
        assertThat(server.exchange("GET /large HTTP/1.0\r\n\r\n"))
                .doesNotContain("chunked")
                .endsWith("\r\n\r\n" + "x".repeat(LARGE));
    }

    @Test
    void requestsOfOneConnectionAreAnsweredInTheirOrder() throws Exception {
        var requests = new StringBuilder();
        var answers = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            boolean last = i == 199;
            requests.append(
                    "GET /query?q=%d HTTP/1.1\r\nhost: x\r\n%s\r\n".formatted(i, last ? "connection: close\r\n" : ""));
            answers.append('"').append(i).append('"');
        }
        String heard = server.exchange(requests.toString());
        assertThat(heard.lines().filter(line -> line.startsWith("\"")).map(HttpServerTest::quoted))
                .hasSize(200)
                .containsExactly(answers.toString().split("(?<=\\d\")"));
    }

    // Answers follow one another: behind a body the next status line begins on the same line.
    private static String quoted(String line) {
        return line.substring(0, line.indexOf('"', 1) + 1);
    }

    @Test
    void aBodyInChunksArrivesWhole() throws Exception {
        String request = head("POST /open HTTP/1.1", "host: x", "transfer-encoding: chunked", "connection: close");
        assertThat(server.exchange(request + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"))
                .endsWith("\r\n\r\n11");
    }

    private static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    @Test
    void whoAsksBeforeSendingABodyIsToldToGoOn() throws Exception {
        try (Socket socket = server.connect()) {
            write(
                    socket,
                    head(
                            "POST /open HTTP/1.1",
                            "host: x",
                            "content-length: 5",
                            "expect: 100-continue",
                            "connection: close"));
            assertThat(new String(socket.getInputStream().readNBytes(25), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            write(socket, "hello");
            assertThat(TestServer.readAll(socket.getInputStream())).endsWith("\r\n\r\n5");
        }
    }

    @Test
    void aBodyThatWillBeTooLargeIsRefusedBeforeItIsSent() throws Exception {
        try (Socket socket = server.connect()) {
            write(socket, "POST /open HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\nexpect: 100-continue\r\n\r\n");
            assertThat(TestServer.readAll(socket.getInputStream())).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void aBodyThatTurnsOutTooLargeIsRefused() throws Exception {
        assertThat(server.exchange("POST /open HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n" + "3e9\r\n"
                        + "x".repeat(1001) + "\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
        assertThat(server.ask("PUT", "/api/queues/%2F/q", "x".repeat(100_001)).statusCode())
                .isEqualTo(413);
    }

    @Test
    void aBodyOfWhomIsNotLetInIsNotWaitedFor() throws Exception {
        try (Socket socket = server.connect()) {
            write(socket, "PUT /api/queues/%2F/q HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n");
            byte[] status = socket.getInputStream().readNBytes(12);
            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 401");
        }
    }

    @Test
    void tooLongARequestLineIsRefused() throws Exception {
        assertThat(server.exchange("GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nhost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
    }

    @Test
    void tooManyHeadersAreRefused() throws Exception {
        assertThat(server.exchange("GET / HTTP/1.1\r\n" + "a: b\r\n".repeat(3_000) + "\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000\u0001\u0002\r\n\r\n",
                "AMQP\u0000\u0000\u0009\u0001\r\n\r\n",
                "GET / HTTP/1.1\r\nna me: x\r\n\r\n",
                "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
                "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
                "POST /open HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
                "GET / HTTP/x.y\r\n\r\n",
            })
    void whatIsNoHttpIsRefusedAndTheConnectionCloses(String octets) throws Exception {
        assertThat(server.exchange(octets)).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void moreRequestsThanPlacesWait() throws Exception {
        try (Socket first = server.connect();
                Socket second = server.connect();
                Socket third = server.connect()) {
            for (Socket each : new Socket[] {first, second}) {
                write(each, "GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            }
            began.await();
            write(third, "GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            mayEnd.release(3);
            for (Socket each : new Socket[] {first, second, third}) {
                assertThat(TestServer.readAll(each.getInputStream())).startsWith("HTTP/1.1 204 ");
            }
        }
    }

    @Test
    void aStopLetsWhatWasBegunEndAndClosesTheRest() throws Exception {
        try (Socket idle = server.connect();
                Socket busy = server.connect()) {
            write(busy, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n");
            began.await();
            Thread stop =
                    Thread.ofVirtual().start(() -> server.listener().stop("the test stops it", Duration.ofSeconds(30)));
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            mayEnd.release();
            assertThat(TestServer.readAll(busy.getInputStream())).startsWith("HTTP/1.1 204 ");
            stop.join();
        }
    }

    @Test
    void whoSendsNothingIsLeft() throws Exception {
        assertThat(closesWhoSends("")).isEqualTo(-1);
        assertThat(closesWhoSends("GET /query HTTP/1.1\r\nho")).isEqualTo(-1);
        assertThat(closesWhoSends("POST /open HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhel"))
                .isEqualTo(-1);
    }

    private static int closesWhoSends(String octets) throws Exception {
        var impatient = new HttpSettings(
                8 * 1024, 1_000, 1_000, 1_000_000, 2, Duration.ofMillis(50), Duration.ofMillis(50), 16 * 1024);
        var route = Route.post("/open", Access.OPEN, _ -> Answer.noContent());
        try (var hasty = new TestServer(impatient, route);
                Socket socket = hasty.connect()) {
            write(socket, octets);
            return socket.getInputStream().read();
        }
    }

    @Test
    void whoTakesNothingOfAnAnswerIsLeft() throws Exception {
        var impatient = new HttpSettings(
                8 * 1024, 1_000, 1_000, 1_000_000, 2, Duration.ofSeconds(20), Duration.ofMillis(200), 16 * 1024);
        var gaveUp = new CountDownLatch(1);
        var route = Route.get(
                "/endless",
                Access.OPEN,
                _ -> new Answer(200, Map.of(), "text/plain", out -> {
                    try {
                        while (true) {
                            out.write(new byte[100_000]);
                        }
                    } finally {
                        gaveUp.countDown();
                    }
                }));
        try (var hasty = new TestServer(impatient, route);
                Socket socket = hasty.connect()) {
            write(socket, "GET /endless HTTP/1.1\r\nhost: x\r\n\r\n");
            gaveUp.await();
        }
    }

    private static void write(Socket socket, String octets) throws Exception {
        socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }
}
