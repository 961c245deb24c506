package io.posthorn.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.posthorn.broker.Alarm;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.statistics.ConnectionReport;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.protocol.amqp.ConnectionState.Authenticating;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingHeader;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingOpen;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingStartOk;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingTuneOk;
import io.posthorn.protocol.amqp.ConnectionState.Closed;
import io.posthorn.protocol.amqp.ConnectionState.Closing;
import io.posthorn.protocol.amqp.ConnectionState.Discarding;
import io.posthorn.protocol.amqp.ConnectionState.Ending;
import io.posthorn.protocol.amqp.ConnectionState.Leaving;
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
import io.posthorn.protocol.amqp.wire.FrameText;
import io.posthorn.protocol.amqp.wire.FrameWriter;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.MethodReader;
import io.posthorn.protocol.amqp.wire.ReplyCode;
import io.posthorn.protocol.connection.ConnectionHandler;
import io.posthorn.protocol.connection.Printable;
import io.posthorn.transport.Connection;
import io.posthorn.transport.IdleWatch;
import io.posthorn.transport.Outbox;
import io.posthorn.transport.Protocol;
import io.posthorn.transport.ReadGate;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection: the bytes it reads become frames, frames become steps of its state or go to its channels.
/// Confined to the thread of its loop.
///
/// While a command of this connection waits for the broker, its decoding stops, so that commands take effect in their
/// order; heartbeats go on.
final class AmqpConnection extends ConnectionHandler {
    private static final System.Logger LOG = System.getLogger(AmqpConnection.class.getName());

    private static final int MOST_HELD_OF_STRANGERS = 64 * 1024;
    private static final Duration PATIENCE_WITH_PEER = Duration.ofSeconds(5);

    private final AmqpProtocol protocol;
    private final Arrivals arrivals;
    private final MethodReader methods = new MethodReader();
    private final FrameWriter writer = new FrameWriter();
    private final IdleWatch idle;
    private final AmqpRecordMapping mapping = new AmqpRecordMapping();
    private final DeliveredProperties deliveredProperties;
    private final ContentBody.Scratch scratch = ContentBody.Scratch.ofThread();
    private final Channels channels;
    private final Handshake handshake;
    private final Goodbyes goodbyes;
    private final PublishersStop publishersStop;
    private final ConnectionReporting reporting;
    private ConnectionState state = new AwaitingHeader();
    private @Nullable ScheduledFuture<?> deadline;
    private long heldBytes;
    private int frameMax;
    private long now;

    AmqpConnection(AmqpProtocol protocol, Connection transport) {
        super(transport);
        this.protocol = protocol;
        this.idle = new IdleWatch(gate, this::heartbeat, this::peerGone);
        this.channels = new Channels(this, methods);
        this.arrivals = new Arrivals(this, gate, protocol.settings().initialFrameMax());
        this.handshake = new Handshake(this, protocol, transport);
        this.goodbyes = new Goodbyes(transport, protocol.settings().patienceWithBroker());
        this.publishersStop = new PublishersStop(this, gate);
        this.reporting = new ConnectionReporting(transport);
        this.frameMax = protocol.settings().frameMax();
        this.deliveredProperties = new DeliveredProperties(protocol.settings());
        gate.onOpen(this::goOn);
        outbox.beforeFlush(channels::writeConfirms);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        isFrom(transport.name());
        within(protocol.settings().handshakeTimeout(), () -> {
            LOG.log(Level.WARNING, "{0}: closed, no connection.open in time ({1})", who(), state.text());
            transport.close();
        });
    }

    @Override
    protected boolean isDeaf() {
        return state.isDeaf();
    }

    @Override
    protected void received(ByteBuf bytes) {
        now = protocol.clock().millis();
        idle.onRead();
        reporting.read(bytes.readableBytes());
        arrivals.add(transport.channel().alloc(), bytes);
        decode();
    }

    @Override
    protected void handOver() {
        if (state instanceof Running running) {
            running.session().flush();
        }
    }

    @Override
    protected void account() {
        if (state instanceof Running running) {
            running.session().holds(heldBytes + outbox.unsent());
        }
    }

    @Override
    protected void resumed() {
        channels.resumeConsumers();
    }

    /// What channels keep, unfinished bodies and open transactions, takes so many bytes more, or less.
    void holds(long more) {
        heldBytes += more;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (state instanceof Running) {
            LOG.log(Level.INFO, "{0}: the peer closed the socket without connection.close", who());
        }
        endSession();
        become(new Closed());
        cancelDeadline();
        idle.stop();
        outbox.release();
        arrivals.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Protocol.StopRequested(String reason)) {
            end(new AmqpException(
                    ReplyCode.CONNECTION_FORCED, "broker forced connection closure with reason '" + reason + "'", 0));
            goodbyes.sayNow();
        }
    }

    // What was read before the gate closed is decoded first, and is published now: an alarm may have lasted for hours.
    private void goOn() {
        now = protocol.clock().millis();
        decode();
        if (!arrivals.isDecoding()) {
            endPassIfNone();
        }
    }

    private void decode() {
        arrivals.decode();
        // A stranger may not fill us, not even while we do not listen to it.
        if (arrivals.waiting() > MOST_HELD_OF_STRANGERS && state instanceof Authenticating) {
            LOG.log(Level.WARNING, "{0}: closed, it sends before its login is checked", who());
            transport.close();
        }
    }

    /// What has come cannot be cut into frames; so nothing behind it can.
    void unreadable(AmqpException cause) {
        end(cause, new Discarding());
    }

    void fault(RuntimeException fault) {
        LOG.log(Level.ERROR, who() + ": closed by a fault", fault);
        end(new AmqpException(ReplyCode.INTERNAL_ERROR, "the server failed", 0), new Discarding());
    }

    void onProtocolHeader(byte[] header) {
        become(handshake.start(header));
    }

    void onFrame(int type, int channel, ByteBuf payload) {
        if (channel != 0) {
            onChannelFrame(type, channel, payload);
        } else if (type == FrameReader.METHOD) {
            onMethod(methods.read(payload));
        } else if (type == FrameReader.HEARTBEAT && payload.isReadable()) {
            throw new AmqpException(ReplyCode.FRAME_ERROR, text(type, payload) + ": unknown_frame", 0);
        } else if (type != FrameReader.HEARTBEAT) {
            throw new AmqpException(ReplyCode.UNEXPECTED_FRAME, text(type, payload), 0);
        }
    }

    private static String text(int type, ByteBuf payload) {
        return FrameText.of(type, payload, payload.readerIndex(), payload.readableBytes());
    }

    private void onChannelFrame(int type, int channel, ByteBuf payload) {
        switch (state) {
            case Running _ -> channels.onFrame(type, channel, payload);
            case Ending _, Closing _ -> {}
            default ->
                throw new AmqpException(
                        ReplyCode.CHANNEL_ERROR, "frame on channel " + channel + " before connection.open", 0);
        }
    }

    private record Step(ConnectionState state, ConnectionMethod method) {}

    private void onMethod(Method method) {
        if (!(method instanceof ConnectionMethod connectionMethod)) {
            String text = "unexpected method in connection state " + state.text();
            throw new AmqpException(ReplyCode.CHANNEL_ERROR, text, method.id());
        }
        state = switch (new Step(state, connectionMethod)) {
            case Step(AwaitingStartOk _, StartOk ok) -> handshake.logIn(ok);
            case Step(AwaitingTuneOk tuning, TuneOk ok) -> handshake.tune(tuning, ok);
            case Step(AwaitingOpen opening, Open open) -> handshake.open(opening, open);
            case Step(Running running, UpdateSecret update) -> handshake.updateSecret(running, update);
            case Step(Closing _, CloseOk _) -> closeSocket();
            case Step(Closing closing, Close _) -> answerClose(closing);
            case Step(Closing closing, ConnectionMethod _) -> closing;
            case Step(ConnectionState _, Close _) -> closeByPeer();
            case Step(var current, var unexpected) ->
                throw new AmqpException(
                        ReplyCode.CHANNEL_ERROR,
                        "unexpected method in connection state " + current.text(),
                        unexpected.id());
        };
    }

    /// How long a frame from the peer may be from now on.
    void limitFrames(int most) {
        arrivals.limit(most);
    }

    void tuned(Tuning agreed, int heartbeatSeconds) {
        frameMax = agreed.frameMax();
        limitFrames(frameMax);
        channels.limit(agreed.channelMax());
        reporting.tuned(agreed, heartbeatSeconds);
        if (heartbeatSeconds > 0) {
            idle.start(transport.channel().eventLoop(), Duration.ofSeconds(heartbeatSeconds));
        }
    }

    /// There is a session: the handshake is over.
    void opened(SessionSpec session) {
        cancelDeadline();
        reporting.opened(now);
        String user = Printable.logged(session.principal().user());
        isFrom(who() + " (" + user + "@" + Printable.logged(session.virtualHost()) + ")");
        alarms(protocol.broker().alarms());
    }

    private ConnectionState answerClose(Closing closing) {
        send(0, new CloseOk());
        return closing;
    }

    private ConnectionState closeByPeer() {
        leave(new Leaving(), this::answerTheirClose);
        return state;
    }

    private void answerTheirClose() {
        send(0, new CloseOk());
        // The answer stands behind what the peer may never read.
        within(PATIENCE_WITH_PEER, transport::close);
        become(closeSocket());
    }

    private ConnectionState closeSocket() {
        outbox.flushAndClose();
        return new Closed();
    }

    /// Ends a channel, or the connection where the code or the place demands it.
    void refuse(int channel, AmqpException cause) {
        if (channel != 0 && !cause.code().endsConnection() && state instanceof Running) {
            LOG.log(Level.INFO, "{0}: channel {1} closed: {2}", who(), channel, Printable.logged(cause.replyText()));
            channels.fail(channel, cause);
        } else {
            end(cause);
        }
    }

    private void end(AmqpException cause) {
        end(cause, new Closing());
    }

    /// @param next what is done with what still comes when the peer has been told
    private void end(AmqpException cause, ConnectionState next) {
        switch (state) {
            case Ending _, Leaving _, Discarding _, Closed _ -> {}
            case Closing _, AwaitingHeader _ -> transport.close();
            default -> {
                LOG.log(Level.WARNING, "{0}: closed: {1}", who(), Printable.logged(cause.replyText()));
                leave(new Ending(), () -> closeWith(cause, next));
            }
        }
    }

    /// Says why, and waits for the peer's answer a while.
    void closeWith(AmqpException cause) {
        closeWith(cause, new Closing());
    }

    private void closeWith(AmqpException cause, ConnectionState next) {
        become(next);
        String text = ReplyText.cut(cause.replyText());
        send(0, new Close(cause.code().number(), text, cause.classId(), cause.methodId()));
        within(PATIENCE_WITH_PEER, () -> transport.close());
        gate.openForGood();
    }

    private void endSession() {
        if (state instanceof Running running) {
            channels.closeAll();
            running.session().close();
        }
    }

    /// Ends the session, if there is one, and says goodbye when all is gone that it has let go of, unless the socket is
    /// closed before.
    private void leave(ConnectionState meanwhile, Runnable goodbye) {
        endSession();
        ConnectionState before = state;
        become(meanwhile);
        if (before instanceof Running running) {
            goodbyes.say(running.session(), () -> {
                if (!(state instanceof Closed)) {
                    goodbye.run();
                }
            });
        } else {
            goodbye.run();
        }
    }

    /// Says goodbye to a channel when all is gone that it has let go of, unless the connection ends before.
    void whenGone(Runnable goodbye) {
        goodbyes.say(session(), () -> {
            if (state instanceof Running) {
                goodbye.run();
            }
        });
    }

    // The one place besides the switch of methods that changes the state: what happens outside of any method.
    void become(ConnectionState next) {
        state = next;
    }

    ConnectionReporting reporting() {
        return reporting;
    }

    @Override
    public ConnectionReport report() {
        return reporting.report(channels, publishersStop.isAlarmed());
    }

    @Override
    public void addCounts(Tally into) {
        reporting.addCounts(channels, into);
    }

    @Override
    public int openChannels() {
        return channels.open();
    }

    @Override
    public void alarms(Set<Alarm> on) {
        transport.readLittle(!on.isEmpty());
        publishersStop.alarms(on);
    }

    /// A message begins.
    void publishes() {
        publishersStop.publishes();
    }

    @Override
    public void ended(BrokerException cause) {
        ReplyCode code = ReplyCodes.of(cause);
        ReplyCode fatal = code.endsConnection() ? code : ReplyCode.CONNECTION_FORCED;
        end(new AmqpException(fatal, ReplyCodes.text(cause), 0));
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

    DeliveredProperties deliveredProperties() {
        return deliveredProperties;
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

    ConnectionState state() {
        return state;
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
        LOG.log(Level.WARNING, "{0}: closed, nothing was heard for two heartbeats", who());
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
}
