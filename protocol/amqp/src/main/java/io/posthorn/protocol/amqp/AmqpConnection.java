package io.posthorn.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.posthorn.broker.Alarm;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Principal;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.SessionSpec;
import io.posthorn.protocol.amqp.ConnectionState.Authenticating;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingHeader;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingOpen;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingStartOk;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingTuneOk;
import io.posthorn.protocol.amqp.ConnectionState.Closed;
import io.posthorn.protocol.amqp.ConnectionState.Closing;
import io.posthorn.protocol.amqp.ConnectionState.Discarding;
import io.posthorn.protocol.amqp.ConnectionState.Running;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.Close;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.CloseOk;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.Open;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.StartOk;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.TuneOk;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.UpdateSecret;
import io.posthorn.protocol.amqp.wire.FrameReader;
import io.posthorn.protocol.amqp.wire.FrameWriter;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.MethodReader;
import io.posthorn.protocol.amqp.wire.ReplyCode;
import io.posthorn.transport.Connection;
import io.posthorn.transport.IdleWatch;
import io.posthorn.transport.Outbox;
import io.posthorn.transport.Protocol;
import io.posthorn.transport.ReadGate;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection: the bytes it reads become frames, frames become steps of its state or go to its channels.
/// Confined to the thread of its loop.
///
/// A pass is what one wake-up of the loop brings: all its frames are handled, then the session hands over what
/// they collected, then everything there is to say is written at once. While a command of this connection
/// waits for the broker, its decoding stops, so that commands take effect in their order; heartbeats go on.
final class AmqpConnection extends ChannelInboundHandlerAdapter implements SessionListener {
    private static final System.Logger LOG = System.getLogger(AmqpConnection.class.getName());

    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    /// How 0-9 announced itself; such clients are served as 0-9-1, as RabbitMQ does.
    private static final byte[] HEADER_OF_0_9 = {'A', 'M', 'Q', 'P', 1, 1, 0, 9};

    /// Long enough for a token as password, and together with a read buffer under 64 KiB.
    private static final int FRAME_MAX_OF_STRANGERS = 48 * 1024;

    private static final int MOST_HELD_OF_STRANGERS = 64 * 1024;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final AmqpProtocol protocol;
    private final Connection transport;
    private final ReadGate gate;
    private final Outbox outbox;
    private final FrameReader frames = new FrameReader(FRAME_MAX_OF_STRANGERS);
    private final MethodReader methods = new MethodReader();
    private final FrameWriter writer = new FrameWriter();
    private final IdleWatch idle;
    private final AmqpRecordMapping mapping = new AmqpRecordMapping();
    private final ContentBody.Scratch scratch = new ContentBody.Scratch();
    private final Channels channels;
    private final Logins logins;
    private ConnectionState state = new AwaitingHeader();
    private @Nullable ByteBuf arrived;
    private @Nullable ScheduledFuture<?> deadline;
    private boolean decoding;
    private boolean inPass;
    private long arrivingBytes;
    private boolean alarmed;
    private String alarmReason = "";
    private String who;
    private int frameMax;
    private long now;

    AmqpConnection(AmqpProtocol protocol, Connection transport) {
        this.protocol = protocol;
        this.transport = transport;
        this.gate = transport.readGate();
        this.outbox = transport.outbox();
        this.idle = new IdleWatch(gate, this::heartbeat, this::peerGone);
        this.channels = new Channels(this, methods);
        this.logins = new Logins(protocol, transport);
        this.frameMax = protocol.settings().frameMax();
        this.who = transport.name();
        gate.onOpen(this::goOn);
        outbox.beforeFlush(channels::writeConfirms);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        who = transport.name();
        within(protocol.settings().handshakeTimeout(), () -> {
            LOG.log(Level.WARNING, "{0}: closed, no connection.open in time ({1})", who, state);
            transport.close();
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var bytes = (ByteBuf) message;
        if (state instanceof Discarding || state instanceof Closed) {
            bytes.release();
            return;
        }
        inPass = true;
        now = protocol.clock().millis();
        idle.onRead();
        arrived = arrived == null
                ? onHeap(context, bytes)
                : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), arrived, bytes);
        decode();
    }

    // Frames are looked at octet by octet, which without Unsafe is much cheaper in an array than in direct memory.
    private static ByteBuf onHeap(ChannelHandlerContext context, ByteBuf bytes) {
        ByteBuf copy = context.alloc().heapBuffer(bytes.readableBytes());
        copy.writeBytes(bytes);
        bytes.release();
        return copy;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (state instanceof Running running) {
            running.session().flush();
        }
        outbox.flush();
        accountMemory();
        inPass = false;
        if (outbox.isStuffed()) {
            gate.close(ReadGate.Reason.OUTBOX_FULL);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        accountMemory();
        if (!outbox.isFull()) {
            gate.open(ReadGate.Reason.OUTBOX_FULL);
            channels.resumeConsumers();
        }
    }

    /// What this connection holds is part of the broker's one account, so that many half-sent bodies, or many peers
    /// that do not read, raise its alarm.
    private void accountMemory() {
        if (state instanceof Running running) {
            running.session().holds(arrivingBytes + outbox.unsent());
        }
    }

    /// An unfinished body takes so many bytes more, or less.
    void arriving(int more) {
        arrivingBytes += more;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (state instanceof Running) {
            LOG.log(Level.INFO, "{0}: the peer closed the socket without connection.close", who);
        }
        endSession();
        become(new Closed());
        cancelDeadline();
        idle.stop();
        outbox.release();
        releaseArrived();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Protocol.StopRequested(String reason)) {
            end(
                    new AmqpException(
                            ReplyCode.CONNECTION_FORCED,
                            "broker forced connection closure with reason '" + reason + "'",
                            0),
                    new Closing());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A reset connection is the peer's way to go; anything else is a fault of ours.
        if (cause instanceof IOException) {
            LOG.log(Level.DEBUG, "{0}: {1}", who, cause.getMessage());
        } else {
            LOG.log(Level.ERROR, who + ": closed by a fault", cause);
        }
        transport.close();
    }

    // What was read before the gate closed is decoded first.
    private void goOn() {
        decode();
        if (!inPass && !decoding) {
            if (state instanceof Running running) {
                running.session().flush();
            }
            outbox.flushSoon();
        }
    }

    private void decode() {
        if (decoding) {
            return;
        }
        decoding = true;
        try {
            while (arrived != null && gate.isOpen() && decodeOne(arrived)) {
                // everything that is there
            }
        } catch (AmqpException unreadable) {
            end(unreadable, new Discarding());
        } catch (RuntimeException fault) {
            LOG.log(Level.ERROR, who + ": closed by a fault", fault);
            end(new AmqpException(ReplyCode.INTERNAL_ERROR, "the server failed", 0), new Discarding());
        } finally {
            decoding = false;
        }
        letGo();
    }

    private boolean decodeOne(ByteBuf in) {
        return switch (state) {
            case AwaitingHeader _ -> protocolHeader(in);
            case Discarding _, Closed _ -> false;
            default -> frame(in);
        };
    }

    private boolean frame(ByteBuf in) {
        if (!frames.find(in)) {
            return false;
        }
        // For the time of its handling the buffer ends where the frame's payload ends.
        int writerIndex = in.writerIndex();
        in.writerIndex(frames.end());
        try {
            onFrame(frames.type(), frames.channel(), in);
        } catch (AmqpException refused) {
            refuse(frames.channel(), refused);
        } finally {
            in.writerIndex(writerIndex);
            frames.skip(in);
        }
        return true;
    }

    private void onFrame(int type, int channel, ByteBuf payload) {
        if (channel != 0) {
            onChannelFrame(type, channel, payload);
        } else if (type == FrameReader.METHOD) {
            onMethod(methods.read(payload));
        } else if (type == FrameReader.HEARTBEAT && payload.isReadable()) {
            throw new AmqpException(ReplyCode.FRAME_ERROR, "a heartbeat with a payload", 0);
        } else if (type != FrameReader.HEARTBEAT) {
            throw new AmqpException(ReplyCode.UNEXPECTED_FRAME, "content on channel 0", 0);
        }
    }

    private void onChannelFrame(int type, int channel, ByteBuf payload) {
        switch (state) {
            case Running _ -> channels.onFrame(type, channel, payload);
            case Closing _ -> {}
            default ->
                throw new AmqpException(
                        ReplyCode.CHANNEL_ERROR, "frame on channel " + channel + " before connection.open", 0);
        }
    }

    private boolean protocolHeader(ByteBuf in) {
        if (in.readableBytes() < HEADER.length) {
            return false;
        }
        byte[] header = new byte[HEADER.length];
        in.readBytes(header);
        if (Arrays.equals(header, HEADER) || Arrays.equals(header, HEADER_OF_0_9)) {
            var properties = ServerProperties.of(protocol.settings());
            send(0, new ConnectionMethod.Start(0, 9, properties, Credentials.MECHANISMS, "en_US"));
            become(new AwaitingStartOk());
            return true;
        }
        String shown = Printable.logged(new String(header, java.nio.charset.StandardCharsets.ISO_8859_1));
        LOG.log(Level.WARNING, "{0}: refused, it does not begin with AMQP 0-9-1 but with ''{1}''", who, shown);
        outbox.writer().writeBytes(HEADER);
        outbox.flushAndClose();
        become(new Discarding());
        return false;
    }

    private record Step(ConnectionState state, ConnectionMethod method) {}

    private void onMethod(Method method) {
        if (!(method instanceof ConnectionMethod connectionMethod)) {
            throw new AmqpException(ReplyCode.CHANNEL_ERROR, method.specName() + " on channel 0", method.id());
        }
        state = switch (new Step(state, connectionMethod)) {
            case Step(AwaitingStartOk _, StartOk ok) -> logIn(ok);
            case Step(AwaitingTuneOk tuning, TuneOk ok) -> tune(tuning, ok);
            case Step(AwaitingOpen opening, Open open) -> open(opening, open);
            case Step(Running running, UpdateSecret update) -> updateSecret(running, update);
            case Step(Closing _, CloseOk _) -> closeSocket();
            case Step(Closing closing, Close _) -> answerClose(closing);
            case Step(Closing closing, ConnectionMethod _) -> closing;
            case Step(ConnectionState _, Close _) -> closeByPeer();
            case Step(var current, var unexpected) ->
                throw new AmqpException(
                        ReplyCode.CHANNEL_ERROR,
                        "unexpected method " + unexpected.specName() + " in connection state "
                                + current.getClass().getSimpleName(),
                        unexpected.id());
        };
    }

    private ConnectionState logIn(StartOk ok) {
        Client client = Client.of(ok.clientProperties());
        Credentials credentials = Credentials.of(ok.mechanism(), ok.response(), ok.id());
        gate.close(ReadGate.Reason.LOGIN);
        logins.check(credentials, user -> loggedIn(user, credentials.user(), ok.mechanism()));
        return new Authenticating(client);
    }

    private void loggedIn(Optional<Principal> user, String name, String mechanism) {
        if (!(state instanceof Authenticating(Client client))) {
            return;
        }
        if (user.isEmpty()) {
            refuseLogin(client, name, mechanism);
            return;
        }
        AmqpSettings settings = protocol.settings();
        transport.trust();
        frames.limit(settings.frameMax());
        send(0, new ConnectionMethod.Tune(settings.channelMax(), settings.frameMax(), settings.heartbeatSeconds()));
        become(new AwaitingTuneOk(client, user.get()));
        gate.open(ReadGate.Reason.LOGIN);
    }

    private void refuseLogin(Client client, String name, String mechanism) {
        LOG.log(Level.WARNING, "{0}: login of user ''{1}'' refused", who, Printable.logged(name));
        if (!client.authenticationFailureClose()) {
            transport.close();
            return;
        }
        String text = "ACCESS_REFUSED - Login was refused using authentication mechanism " + mechanism
                + ". For details see the broker logfile.";
        sendClose(ReplyCode.ACCESS_REFUSED.number(), text, 0, 0);
        become(new Closing());
    }

    private ConnectionState tune(AwaitingTuneOk tuning, TuneOk ok) {
        var tuned = Tuning.of(protocol.settings(), ok);
        frameMax = tuned.frameMax();
        frames.limit(frameMax);
        channels.limit(tuned.channelMax());
        if (ok.heartbeat() > 0) {
            idle.start(transport.channel().eventLoop(), Duration.ofSeconds(ok.heartbeat()));
        }
        return new AwaitingOpen(tuning.client(), tuning.user());
    }

    private ConnectionState open(AwaitingOpen opening, Open open) {
        var io = new LoopExecutor(transport.loop());
        var spec = new SessionSpec(transport.name(), opening.user(), open.virtualHost(), io);
        BrokerSession session;
        try {
            session = protocol.broker().open(spec, this);
        } catch (BrokerException refused) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED, openRefusal(refused, spec), open.id());
        }
        cancelDeadline();
        who = who + " (" + Printable.logged(spec.principal().user()) + "@" + Printable.logged(spec.virtualHost()) + ")";
        alarms(protocol.broker().alarms());
        send(0, new ConnectionMethod.OpenOk());
        return new Running(opening.client(), session);
    }

    private static String openRefusal(BrokerException refused, SessionSpec spec) {
        return switch (refused) {
            case BrokerException.VirtualHostNotFound _ -> "vhost " + spec.virtualHost() + " not found";
            case BrokerException.AccessRefused _ ->
                "access to vhost '%s' refused for user '%s'"
                        .formatted(spec.virtualHost(), spec.principal().user());
            default -> ReplyCodes.text(refused);
        };
    }

    private ConnectionState updateSecret(Running running, UpdateSecret update) {
        String user = running.session().principal().user();
        var credentials = new Credentials(user, update.newSecret().toByteArray());
        gate.close(ReadGate.Reason.COMMAND);
        logins.check(credentials, checked -> secretChecked(checked.isPresent(), update));
        return running;
    }

    private void secretChecked(boolean accepted, UpdateSecret update) {
        if (accepted) {
            send(0, new ConnectionMethod.UpdateSecretOk());
        } else {
            refuse(0, new AmqpException(ReplyCode.NOT_ALLOWED, "the new secret was refused", update.id()));
        }
        gate.open(ReadGate.Reason.COMMAND);
    }

    private ConnectionState answerClose(Closing closing) {
        send(0, new CloseOk());
        return closing;
    }

    private ConnectionState closeByPeer() {
        endSession();
        send(0, new CloseOk());
        return closeSocket();
    }

    private ConnectionState closeSocket() {
        outbox.flushAndClose();
        return new Closed();
    }

    /// Ends a channel, or the connection where the code or the place demands it.
    void refuse(int channel, AmqpException cause) {
        if (channel != 0 && !cause.code().endsConnection() && state instanceof Running) {
            LOG.log(Level.INFO, "{0}: channel {1} closed: {2}", who, channel, Printable.logged(cause.replyText()));
            channels.fail(channel, cause);
        } else {
            end(cause, new Closing());
        }
    }

    private void end(AmqpException cause, ConnectionState next) {
        switch (state) {
            case Discarding _, Closed _ -> {}
            case Closing _ -> transport.close();
            case AwaitingHeader _ -> transport.close();
            default -> {
                LOG.log(Level.WARNING, "{0}: closed: {1}", who, Printable.logged(cause.replyText()));
                endSession();
                sendClose(cause.code().number(), cause.replyText(), cause.classId(), cause.methodId());
                become(next);
            }
        }
    }

    private void sendClose(int code, String text, int classId, int methodId) {
        send(0, new Close(code, Printable.reply(text), classId, methodId));
        within(CLOSE_PATIENCE, () -> transport.close());
        gate.openForGood();
    }

    private void endSession() {
        if (state instanceof Running running) {
            channels.closeAll();
            running.session().close();
        }
    }

    // The one place besides the switch of methods that changes the state: what happens outside of any method.
    private void become(ConnectionState next) {
        state = next;
    }

    @Override
    public void alarms(Set<Alarm> on) {
        alarmed = !on.isEmpty();
        alarmReason = on.contains(Alarm.MEMORY)
                ? on.contains(Alarm.DISK) ? "low on memory & disk" : "low on memory"
                : "low on disk";
        if (!alarmed && gate.isClosedBy(ReadGate.Reason.ALARM)) {
            if (state instanceof Running running && running.client().connectionBlocked()) {
                send(0, new ConnectionMethod.Unblocked());
            }
            gate.open(ReadGate.Reason.ALARM);
        }
    }

    /// A message was published: under an alarm it was the last for now.
    void published() {
        if (alarmed && !gate.isClosedBy(ReadGate.Reason.ALARM) && state instanceof Running running) {
            gate.close(ReadGate.Reason.ALARM);
            if (running.client().connectionBlocked()) {
                send(0, new ConnectionMethod.Blocked(alarmReason));
            }
        }
    }

    @Override
    public void acceptsPublishes(boolean open) {
        if (open) {
            gate.open(ReadGate.Reason.BROKER_FULL);
        } else {
            gate.close(ReadGate.Reason.BROKER_FULL);
        }
    }

    @Override
    public void ended(BrokerException cause) {
        ReplyCode code = ReplyCodes.of(cause);
        ReplyCode fatal = code.endsConnection() ? code : ReplyCode.CONNECTION_FORCED;
        end(new AmqpException(fatal, ReplyCodes.text(cause), 0), new Closing());
    }

    void send(int channel, Method method) {
        writer.method(out(), channel, method);
    }

    /// Where frames are appended; they are sent at the end of the pass.
    ByteBuf out() {
        idle.onWrite();
        flushAfterThisPass();
        return outbox.writer();
    }

    void flushAfterThisPass() {
        if (!inPass) {
            outbox.flushSoon();
        }
    }

    AmqpRecordMapping mapping() {
        return mapping;
    }

    ContentBody.Scratch scratch() {
        return scratch;
    }

    FrameWriter writer() {
        return writer;
    }

    /// @throws IllegalStateException when the connection is not open
    BrokerSession session() {
        return running().session();
    }

    Client client() {
        return running().client();
    }

    private Running running() {
        if (state instanceof Running running) {
            return running;
        }
        throw new IllegalStateException("the connection is not open but " + state);
    }

    Outbox outbox() {
        return outbox;
    }

    ReadGate gate() {
        return gate;
    }

    AmqpProtocol protocol() {
        return protocol;
    }

    int frameMax() {
        return frameMax;
    }

    /// Wall time of the pass, in milliseconds.
    long now() {
        return now;
    }

    private void heartbeat() {
        writer.heartbeat(out());
    }

    private void peerGone() {
        LOG.log(Level.WARNING, "{0}: closed, nothing was heard for two heartbeats", who);
        transport.close();
    }

    private void within(Duration patience, Runnable action) {
        cancelDeadline();
        deadline = transport.channel().eventLoop().schedule(action, patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    // What is decoded is let go; and a stranger may not fill us, not even while we do not listen to it.
    private void letGo() {
        if (arrived == null) {
            return;
        }
        if (!arrived.isReadable() || state instanceof Discarding || state instanceof Closed) {
            releaseArrived();
        } else if (arrived.readableBytes() > MOST_HELD_OF_STRANGERS && state instanceof Authenticating) {
            LOG.log(Level.WARNING, "{0}: closed, it sends before its login is checked", who);
            transport.close();
        }
    }

    private void releaseArrived() {
        if (arrived != null && !decoding) {
            arrived.release();
            arrived = null;
        }
    }
}
