package io.posthorn.protocol.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.posthorn.broker.Alarm;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Principal;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.statistics.ConnectionReport;
import io.posthorn.broker.statistics.ConsumerReport;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.protocol.connection.ConnectionHandler;
import io.posthorn.protocol.connection.LoopExecutor;
import io.posthorn.protocol.connection.Printable;
import io.posthorn.protocol.kafka.ConnectionState.Authenticating;
import io.posthorn.protocol.kafka.ConnectionState.Closed;
import io.posthorn.protocol.kafka.ConnectionState.LoggingIn;
import io.posthorn.protocol.kafka.ConnectionState.Running;
import io.posthorn.protocol.kafka.ConnectionState.Stranger;
import io.posthorn.transport.Connection;
import io.posthorn.transport.IdleWatch;
import io.posthorn.transport.Protocol;
import io.posthorn.transport.ReadGate;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/// One connection: what it reads becomes requests, requests go to their handlers, answers leave in the
/// order of the requests. Confined to the thread of its loop.
final class KafkaConnection extends ConnectionHandler implements ClientConnection {
    private static final System.Logger LOG = System.getLogger(KafkaConnection.class.getName());

    /// What Kafka calls `sasl.server.max.receive.size`: of somebody whom nobody knows, no larger request is
    /// taken.
    private static final int STRANGERS_REQUEST = 512 * 1024;

    /// Twice that silence ends a connection: Kafka's `connections.max.idle.ms` of ten minutes.
    private static final Duration HALF_IDLE = Duration.ofMinutes(5);

    private final KafkaService service;
    private final Frames frames;
    private final ResponseWriter writer;
    private final RequestsInFlight inFlight = new RequestsInFlight(this);
    private final IdleWatch idle;
    private final ConnectionReporting reporting;
    private final LogIn logIn;
    private final Authentication authentication;
    private ConnectionState state = new Stranger();

    /// Read, and not begun yet; the gate is closed as long as there is one.
    private @Nullable KafkaRequest waiting;

    private boolean decoding;
    private boolean alarmed;
    private boolean stopping;
    private boolean closingBehindAnswers;

    KafkaConnection(KafkaService service, Connection transport) {
        super(transport);
        this.service = service;
        this.frames = new Frames(largestOfStranger(service, transport));
        this.writer = new ResponseWriter(outbox, transport.channel().alloc());
        this.idle = new IdleWatch(gate, () -> {}, this::peerGone);
        this.reporting =
                new ConnectionReporting(transport, service.surroundings().clock());
        this.logIn = new LogIn(service.surroundings().broker(), transport);
        this.authentication = new Authentication(this, service, logIn, gate);
        gate.onOpen(this::goOn);
        idle.start(transport.channel().eventLoop(), HALF_IDLE);
    }

    // A client on this machine need not say who it is: its first request may be all that it came for.
    private static int largestOfStranger(KafkaService service, Connection transport) {
        return transport.isFromLoopback() ? service.surroundings().settings().requestBytes() : STRANGERS_REQUEST;
    }

    @Override
    protected boolean isDeaf() {
        return state instanceof Closed;
    }

    @Override
    protected void received(ByteBuf bytes) {
        idle.onRead();
        reporting.read(bytes.readableBytes());
        frames.add(bytes);
        decode();
    }

    @Override
    protected void handOver() {
        if (state instanceof Running(BrokerSession session)) {
            session.flush();
        }
    }

    @Override
    protected void account() {
        if (state instanceof Running(BrokerSession session)) {
            session.holds(frames.held() + outbox.unsent());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        close();
        outbox.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Protocol.StopRequested) {
            stopping = true;
            // Whoever has sent us something is told that it is kept; who waits for something to come is not kept.
            if (!inFlight.hasProduce()) {
                closeSocket();
            }
        }
    }

    // The gate is open again: first what was read before.
    private void goOn() {
        if (decoding) {
            return;
        }
        decode();
        endPassIfNone();
    }

    private void decode() {
        decoding = true;
        try {
            KafkaRequest next = take();
            while (next != null && admit(next)) {
                next = take();
            }
        } catch (Frames.Unreadable | InvalidRequestException bad) {
            LOG.log(Level.WARNING, "{0}: closed: {1}", who(), Printable.logged(String.valueOf(bad.getMessage())));
            closeSocket();
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, who() + ": closed by a fault", fault);
            closeSocket();
        } finally {
            decoding = false;
        }
    }

    private @Nullable KafkaRequest take() {
        if (!gate.isOpen() || stopping || closingBehindAnswers || state instanceof Closed) {
            return null;
        }
        KafkaRequest known = waiting;
        if (known != null) {
            waiting = null;
            return known;
        }
        ByteBuffer frame = frames.next();
        if (frame != null && state instanceof Authenticating(SaslLogin login, boolean isRaw) && isRaw) {
            byte[] token = new byte[frame.remaining()];
            frame.get(token);
            authentication.token(token, login);
            return null; // the gate is closed until the token is checked
        }
        return frame == null ? null : parse(frame);
    }

    /// @throws InvalidRequestException when nothing can be answered to it
    private KafkaRequest parse(ByteBuffer frame) {
        int size = frame.remaining();
        RequestHeader header = RequestHeader.parse(frame);
        if (!service.apis().knows(header)) {
            throw new InvalidRequestException(
                    "%s in version %d is not served here".formatted(header.apiKey(), header.apiVersion()));
        }
        RequestContext context = reporting.context(header);
        // How versions are asked for in a version that is still to come needs no reading.
        AbstractRequest body =
                header.isApiVersionSupported() ? body(header, frame) : context.parseRequest(frame).request;
        return new KafkaRequest(context, body, this, size);
    }

    /// @throws InvalidRequestException when the bytes are not what the header says
    static AbstractRequest body(RequestHeader header, ByteBuffer frame) {
        try {
            return AbstractRequest.parseRequest(header.apiKey(), header.apiVersion(), new BoundedReads(frame)).request;
        } catch (RuntimeException unreadable) {
            throw new InvalidRequestException(
                    "%s in version %d cannot be read: %s"
                            .formatted(header.apiKey(), header.apiVersion(), unreadable.getMessage()),
                    unreadable);
        }
    }

    /// Begins a request, or keeps it and closes the gate.
    private boolean admit(KafkaRequest request) {
        return switch (state) {
            case Stranger _ when request.api() == ApiKeys.API_VERSIONS -> begin(request);
            case Stranger _
            when request.api() == ApiKeys.SASL_HANDSHAKE -> begin(request, () -> authentication.handshake(request));
            case Authenticating(SaslLogin login, boolean _)
            when request.api() == ApiKeys.SASL_AUTHENTICATE ->
                begin(request, () -> authentication.authenticate(request, login));
            case Authenticating _ ->
                throw new InvalidRequestException(request.api() + " comes before the login is over");
            case Stranger _ -> {
                enter(request);
                yield false;
            }
            case Running _ -> admitOf(request);
            case LoggingIn _, Closed _ -> false;
        };
    }

    private boolean admitOf(KafkaRequest request) {
        if (alarmed && RequestsInFlight.isProduce(request)) {
            return keep(request, ReadGate.Reason.ALARM);
        }
        if (outbox.isStuffed()) {
            return keep(request, ReadGate.Reason.OUTBOX_FULL);
        }
        return inFlight.admits(request) ? begin(request) : keep(request, ReadGate.Reason.COMMAND);
    }

    private boolean keep(KafkaRequest request, ReadGate.Reason reason) {
        waiting = request;
        gate.close(reason);
        return false;
    }

    private boolean begin(KafkaRequest request) {
        return begin(request, () -> service.answer(request));
    }

    private boolean begin(KafkaRequest request, Supplier<CompletionStage<? extends AbstractResponse>> handler) {
        inFlight.begin(request, handler);
        return true;
    }

    /// The peer asks for something without having said who it is.
    private void enter(KafkaRequest request) {
        state = new LoggingIn();
        keep(request, ReadGate.Reason.LOGIN);
        logIn.withoutCredentials(this::loggedIn);
    }

    private void loggedIn(Optional<Principal> user) {
        if (!(state instanceof LoggingIn)) {
            return;
        }
        if (user.isEmpty()) {
            LOG.log(Level.WARNING, "{0}: closed: it has to say who it is, by SASL", who());
            closeSocket();
            return;
        }
        Optional<String> refusal = open(user.get(), "");
        if (refusal.isPresent()) {
            LOG.log(Level.WARNING, "{0}: closed: {1}", who(), Printable.logged(refusal.get()));
            closeSocket();
        } else {
            gate.open(ReadGate.Reason.LOGIN);
        }
    }

    /// Somebody has said who they are.
    ///
    /// @param mechanism by which
    /// @return why they may not come in
    Optional<String> open(Principal user, String mechanism) {
        KafkaSettings settings = service.surroundings().settings();
        var spec = new SessionSpec(transport.name(), user, settings.virtualHost(), new LoopExecutor(transport.loop()));
        try {
            state = new Running(service.surroundings().broker().open(spec, this));
        } catch (BrokerException refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        }
        isFrom(who() + " (" + Printable.logged(user.user()) + ")");
        reporting.opened(user.user(), mechanism);
        alarmed = !service.surroundings().broker().alarms().isEmpty();
        frames.limit(settings.requestBytes());
        transport.trust();
        return Optional.empty();
    }

    void become(ConnectionState next) {
        state = next;
    }

    /// Nothing more is read; when everything is answered, the connection ends.
    void closeBehindAnswers() {
        closingBehindAnswers = true;
    }

    /// A token of SASL, without the header of an answer.
    void sendToken(byte[] token) {
        outbox.writer().writeInt(token.length).writeBytes(token);
        outbox.flushSoon();
    }

    /// One answer, or none; the requests before it have had theirs.
    void answer(KafkaRequest request, @Nullable AbstractResponse response, @Nullable Throwable failure) {
        if (state instanceof Closed) {
            request.life().over();
            return;
        }
        try {
            AbstractResponse spoken = failure == null ? response : error(request, failure);
            if (spoken == null) {
                request.life().over();
            } else {
                write(request, spoken);
            }
        } catch (CloseConnection close) {
            LOG.log(Level.INFO, "{0}: closed: {1}", who(), close.getMessage());
            request.life().over();
            closeSocket();
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, who() + ": closed: " + request.api() + " cannot be answered", fault);
            request.life().over();
            closeSocket();
        } catch (Error lack) {
            // There may be no memory for the bytes of the answer, nor for a last word.
            request.life().over();
            transport.close();
            LOG.log(Level.ERROR, who() + ": closed: " + request.api() + " cannot be answered", lack);
        }
    }

    private void write(KafkaRequest request, AbstractResponse response) {
        try {
            writer.write(request.context(), response, request.life()::over);
        } catch (RuntimeException unspeakable) {
            LOG.log(Level.ERROR, who() + ": an answer to " + request.context().header + " is not for it", unspeakable);
            writer.write(request.context(), request.body().getErrorResponse(0, unspeakable), request.life()::over);
        }
    }

    private @Nullable AbstractResponse error(KafkaRequest request, Throwable failure) {
        Throwable cause = KafkaErrors.exception(failure);
        if (cause instanceof CloseConnection close) {
            throw close;
        }
        if (!(cause instanceof ApiException)) {
            LOG.log(Level.ERROR, who() + ": " + request.api() + " failed", cause);
        }
        return request.body().getErrorResponse(0, cause);
    }

    /// Something was answered, so that something else may begin.
    void answered() {
        if ((stopping && !inFlight.hasProduce()) || (closingBehindAnswers && inFlight.isEmpty())) {
            closeSocket();
            return;
        }
        flushAfterThisPass();
        if (gate.isClosedBy(ReadGate.Reason.COMMAND) && waiting != null && inFlight.admits(waiting)) {
            gate.open(ReadGate.Reason.COMMAND);
        }
    }

    /// Behind what was said already.
    private void closeSocket() {
        if (!(state instanceof Closed)) {
            close();
            outbox.flushAndClose();
        }
    }

    private void close() {
        ConnectionState before = state;
        if (before instanceof Closed) {
            return;
        }
        state = new Closed();
        waiting = null;
        idle.stop();
        frames.release();
        inFlight.abandon();
        if (before instanceof Running(BrokerSession session)) {
            session.close();
        }
    }

    private void peerGone() {
        LOG.log(Level.INFO, "{0}: closed, nothing was heard of it for long", who());
        transport.close();
    }

    @Override
    public void alarms(Set<Alarm> on) {
        alarmed = !on.isEmpty();
        if (!alarmed) {
            gate.open(ReadGate.Reason.ALARM);
        }
    }

    @Override
    public void ended(BrokerException cause) {
        LOG.log(Level.WARNING, "{0}: closed: {1}", who(), Printable.logged(String.valueOf(cause.getMessage())));
        closeSocket();
    }

    @Override
    public ConnectionReport report() {
        return reporting.report(alarmed);
    }

    @Override
    public void addCounts(Tally into) {
        reporting.addCounts(into);
    }

    @Override
    public int openChannels() {
        return 1;
    }

    @Override
    public void introduced(String software, String version) {
        reporting.introduced(software, version);
    }

    @Override
    public void consumers(Supplier<List<ConsumerReport>> who) {
        reporting.consumers(who);
    }

    boolean isCurrentThread() {
        return transport.loop().isCurrentThread();
    }

    @Override
    public BrokerSession session() {
        if (state instanceof Running(BrokerSession session)) {
            return session;
        }
        throw new IllegalStateException("the connection is not open but " + state);
    }

    @Override
    public Executor io() {
        return transport.loop();
    }

    @Override
    public Runnable after(long millis, Runnable task) {
        var timer = transport.channel().eventLoop().schedule(task, millis, TimeUnit.MILLISECONDS);
        return () -> timer.cancel(false);
    }

    @Override
    public void whenClosed(Runnable action) {
        var _ = transport.channel().closeFuture().addListener(_ -> action.run());
    }

    @Override
    public InetSocketAddress localAddress() {
        return address(transport.channel().localAddress());
    }

    @Override
    public InetSocketAddress peerAddress() {
        return address(transport.channel().remoteAddress());
    }

    private static InetSocketAddress address(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @Override
    public boolean isEncrypted() {
        return transport.isEncrypted();
    }

    @Override
    public String name() {
        return transport.name();
    }
}
