package io.posthorn.verification.conformance;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.posthorn.broker.Principal;
import io.posthorn.broker.admin.Actor;
import io.posthorn.console.http.Access;
import io.posthorn.console.http.Answer;
import io.posthorn.console.http.Fields;
import io.posthorn.console.http.HttpFailure;
import io.posthorn.console.http.HttpProtocol;
import io.posthorn.console.http.HttpSettings;
import io.posthorn.console.http.Json;
import io.posthorn.console.http.Members;
import io.posthorn.console.http.Route;
import io.posthorn.console.http.RouteTable;
import io.posthorn.transport.Connection;
import io.posthorn.transport.IoLoop;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Octets for the HTTP server: whatever comes, it answers in HTTP or not at all, and never with a fault of its own.
public final class HttpFuzzer {
    private static final Fields<String> FIELDS = new Fields<String>().with("name", name -> name);

    private static final HttpProtocol PROTOCOL = new HttpProtocol(
            () -> new RouteTable(List.of(
                    Route.get("/api/{a}/{b}", Access.OPEN, r -> Answer.json(r.segment("a") + r.segment("b"))),
                    Route.get("/api/list", Access.OPEN, r -> FIELDS.list(r, List.of("one", "two"))),
                    Route.put("/api/{a}", Access.OPEN, r -> Answer.json(r.json())),
                    Route.post("/api/{a}", Access.MANAGEMENT, r -> Answer.json(new Members(r.json()).members("a"))))),
            (_, _) -> new Actor(new Principal("guest", Set.of("administrator")), "the fuzzer"),
            HttpSettings.DEFAULTS,
            Runnable::run);

    private HttpFuzzer() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] octets) {
        feed(octets);
        // What a fuzzer finds by itself only after a long time: a whole request around its octets.
        feed(request("PUT /api/x HTTP/1.1\r\ncontent-length: " + octets.length + "\r\n\r\n", octets));
        feed(request("GET /api/list?", octets));
        if (octets.length > 0) {
            readJson(octets);
        }
    }

    private static byte[] request(String front, byte[] octets) {
        byte[] head = front.getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(head, head.length + octets.length);
        System.arraycopy(octets, 0, whole, head.length, octets.length);
        return whole;
    }

    private static void readJson(byte[] octets) {
        try {
            Json.text(Json.parse(octets));
        } catch (HttpFailure refused) {
            // As it should be: not everything is JSON.
        }
    }

    private static void feed(byte[] octets) {
        var channel = new EmbeddedChannel();
        try {
            channel.pipeline().addLast(PROTOCOL.serve(Connection.over(channel, new Loop(channel))));
            // In two reads, since a request may be cut anywhere.
            int middle = octets.length / 2;
            channel.writeInbound(Unpooled.copiedBuffer(octets, 0, middle));
            channel.runPendingTasks();
            if (channel.isOpen()) {
                channel.writeInbound(Unpooled.copiedBuffer(octets, middle, octets.length - middle));
                channel.runPendingTasks();
            }
            checkAnswer(channel);
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static void checkAnswer(EmbeddedChannel channel) {
        ByteBuf answer = channel.readOutbound();
        if (answer != null) {
            String front = answer.toString(StandardCharsets.ISO_8859_1);
            answer.release();
            if (!front.startsWith("HTTP/1.1 ") || front.startsWith("HTTP/1.1 500")) {
                throw new AssertionError("answered: " + front);
            }
        }
    }

    private record Loop(EmbeddedChannel channel) implements IoLoop {
        @Override
        public boolean isCurrentThread() {
            return true;
        }

        @Override
        public String name() {
            return "io-fuzz";
        }

        @Override
        public void execute(Runnable task) {
            channel.eventLoop().execute(task);
        }
    }
}
