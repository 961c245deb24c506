package io.posthorn.console.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.flow.FlowControlHandler;
import io.posthorn.transport.Connection;
import io.posthorn.transport.Protocol;
import io.posthorn.transport.ReadGate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection: its requests are answered one after another, in the order in which they came. Confined to the
/// thread of its loop; what may wait is done on a virtual thread, during which nothing is read.
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {
    private static final System.Logger LOG = System.getLogger(HttpConnection.class.getName());

    private static final int CHUNK = 64 * 1024;

    /// What a body in chunks is taken for, that does not say how long it is.
    private static final long UNDECLARED = 1024 * 1024;

    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private final HttpProtocol protocol;
    private final Connection connection;
    private State state = new State.Idle();
    private boolean stopping;
    private @Nullable Future<?> deadline;

    private sealed interface State {
        /// Between requests.
        record Idle() implements State {}

        /// Somebody finds out whether the request may come in.
        record Admitting() implements State {}

        record Receiving(RequestHead head, Admission admission, ByteArrayOutputStream body) implements State {}

        /// @param bodyIsWhole whether all of the request was read before it was answered
        record Answering(boolean bodyIsWhole) implements State {}

        /// Everything is said. What still comes is thrown away: closing at once would reset the connection, and the
        /// peer might not see the answer.
        record Leaving() implements State {}
    }

    HttpConnection(HttpProtocol protocol, Connection connection) {
        super(HttpObject.class);
        this.protocol = protocol;
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        HttpSettings settings = protocol.settings();
        var config = new HttpDecoderConfig()
                .setMaxInitialLineLength(settings.headBytes())
                .setMaxHeaderSize(settings.headBytes())
                .setMaxChunkSize(CHUNK);
        // What was decoded of a read behind a request waits in front of this handler until the gate opens again.
        ctx.pipeline().addBefore(ctx.name(), "http", new HttpServerCodec(config));
        ctx.pipeline().addBefore(ctx.name(), "pipelining", new FlowControlHandler());
        await(settings.idle());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        DecoderResult decoded = part.decoderResult();
        if (decoded.isFailure()) {
            malformed(decoded.cause());
            return;
        }
        if (part instanceof HttpRequest request && state instanceof State.Idle) {
            begin(RequestHead.of(request));
        }
        if (part instanceof HttpContent content) {
            receive(content);
        }
    }

    private void begin(RequestHead head) {
        state = new State.Admitting();
        connection.readGate().close(ReadGate.Reason.COMMAND);
        forgetDeadline();
        protocol.blocking().execute(() -> {
            try {
                if (head.isFromForeignPage()) {
                    throw HttpFailure.of(403, "forbidden", "asked by a page of another site");
                }
                Admission admission = protocol.admit(head, connection);
                onLoop(() -> admitted(head, admission));
            } catch (RuntimeException refused) {
                Answer answer = HttpProtocol.refusal(refused, head.rawPath()).answer();
                onLoop(() -> refused(head, answer));
            }
        });
    }

    private void admitted(RequestHead head, Admission admission) {
        if (!(state instanceof State.Admitting)) {
            return;
        }
        if (head.declaredLength() > admission.bodyLimit(protocol.settings())) {
            refused(head, tooLarge());
            return;
        }
        if (head.wantsContinue()) {
            var _ = connection
                    .channel()
                    .writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        state = new State.Receiving(head, admission, new ByteArrayOutputStream(0));
        await(patience(head));
        connection.readGate().open(ReadGate.Reason.COMMAND);
    }

    /// For a body: as long as it says that it is, at the least rate.
    private Duration patience(RequestHead head) {
        long bytes = head.declaredLength() < 0 ? UNDECLARED : head.declaredLength();
        return protocol.settings()
                .stalled()
                .plusSeconds(bytes / protocol.settings().leastBodyRate());
    }

    private void refused(RequestHead head, Answer answer) {
        if (state instanceof State.Admitting) {
            respond(head, answer, head.isAll());
        }
    }

    private void receive(HttpContent content) {
        switch (state) {
            case State.Receiving receiving -> receive(receiving, content);
            case State.Leaving _ when content instanceof LastHttpContent -> connection.close();
            case State.Idle _, State.Admitting _, State.Answering _, State.Leaving _ -> {} // of a refused request
        }
    }

    private void receive(State.Receiving receiving, HttpContent content) {
        ByteArrayOutputStream body = receiving.body();
        int more = content.content().readableBytes();
        if (body.size() + more > receiving.admission().bodyLimit(protocol.settings())) {
            giveRoom(receiving);
            respond(receiving.head(), tooLarge(), false);
            return;
        }
        if (more > 0 && !protocol.takeRoom(more)) {
            giveRoom(receiving);
            respond(
                    receiving.head(),
                    Refusals.unavailable("too many bodies at once").answer(),
                    false);
            return;
        }
        append(content, body, more);
        if (content instanceof LastHttpContent) {
            handle(receiving);
        }
    }

    private static void append(HttpContent content, ByteArrayOutputStream body, int bytes) {
        try {
            content.content().readBytes(body, bytes);
        } catch (IOException e) {
            throw new AssertionError("memory does not fail", e);
        }
    }

    private void handle(State.Receiving receiving) {
        RequestHead head = receiving.head();
        byte[] body = receiving.body().toByteArray();
        Request request = receiving.admission().request(head, body);
        state = new State.Answering(true);
        connection.readGate().close(ReadGate.Reason.COMMAND);
        forgetDeadline();
        protocol.blocking().execute(() -> {
            try {
                send(head, protocol.answer(request), true);
            } finally {
                protocol.giveRoom(body.length);
            }
        });
    }

    private void giveRoom(State.Receiving receiving) {
        protocol.giveRoom(receiving.body().size());
    }

    /// Answers off the loop: writing a long answer waits for the peer.
    private void respond(RequestHead head, Answer answer, boolean bodyIsWhole) {
        state = new State.Answering(bodyIsWhole);
        connection.readGate().close(ReadGate.Reason.COMMAND);
        forgetDeadline();
        protocol.blocking().execute(() -> send(head, answer, bodyIsWhole));
    }

    /// On a virtual thread.
    private void send(RequestHead head, Answer answer, boolean bodyIsWhole) {
        boolean keepAlive = head.keepsAlive() && bodyIsWhole && !stopping;
        try {
            new AnswerStream(connection, head, keepAlive, protocol.settings().stalled()).send(answer);
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "{0}: the caller went away: {1}", connection.name(), gone.getMessage());
            onLoop(connection::close);
            return;
        } catch (RuntimeException fault) {
            // Half of the answer is out, and no other can be given: a connection that ends too early says so.
            LOG.log(Level.ERROR, "http: " + head.rawPath() + " could not be answered to its end", fault);
            onLoop(connection::close);
            return;
        }
        onLoop(() -> answered(keepAlive));
    }

    private void answered(boolean keepAlive) {
        if (!(state instanceof State.Answering answering)) {
            return;
        }
        if (keepAlive && !stopping) {
            state = new State.Idle();
            await(protocol.settings().idle());
        } else if (answering.bodyIsWhole()) {
            connection.close();
            return;
        } else {
            state = new State.Leaving();
            sayThatThisIsAll();
            await(GOODBYE);
        }
        connection.readGate().open(ReadGate.Reason.COMMAND);
    }

    // TLS has no such half of a goodbye; there the peer knows by `Connection: close`.
    private void sayThatThisIsAll() {
        if (connection.channel() instanceof DuplexChannel socket && !connection.isEncrypted()) {
            var _ = socket.shutdownOutput();
        }
    }

    private void malformed(Throwable cause) {
        int status = switch (cause) {
            case TooLongHttpLineException _ -> 414;
            case TooLongHttpHeaderException _ -> 431;
            default -> 400;
        };
        LOG.log(Level.DEBUG, "{0}: this is not HTTP: {1}", connection.name(), cause.getMessage());
        switch (state) {
            case State.Idle _ -> respond(NO_REQUEST, Answer.empty(status), false);
            case State.Receiving receiving -> {
                giveRoom(receiving);
                respond(receiving.head(), Answer.empty(status), false);
            }
            case State.Admitting _, State.Answering _, State.Leaving _ -> connection.close();
        }
    }

    // What is still being answered when the loops have stopped has nobody to be told to.
    private void onLoop(Runnable step) {
        try {
            connection.loop().execute(step);
        } catch (RejectedExecutionException stopped) {
            LOG.log(Level.DEBUG, "{0}: answered after the end", connection.name());
        }
    }

    private static Answer tooLarge() {
        return HttpFailure.of(413, "payload_too_large", "the body is larger than this broker takes")
                .answer();
    }

    /// What something that is no request is answered like.
    private static final RequestHead NO_REQUEST =
            new RequestHead("GET", "", "", EmptyHttpHeaders.INSTANCE, false, false, false, 0);

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Protocol.StopRequested) {
            stopping = true;
            if (state instanceof State.Idle || state instanceof State.Leaving) {
                connection.close();
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        forgetDeadline();
        if (state instanceof State.Receiving receiving) {
            giveRoom(receiving);
        }
        state = new State.Leaving();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.log(Level.ERROR, connection.name() + ": the connection is closed after a fault", cause);
        }
        connection.close();
    }

    private void await(Duration patience) {
        forgetDeadline();
        deadline = connection
                .channel()
                .eventLoop()
                .schedule(connection::close, patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void forgetDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
