package io.posthorn.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Message;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Publisher;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.ConfirmMethod;
import io.posthorn.protocol.amqp.wire.FrameReader;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.ReplyCode;
import org.jspecify.annotations.Nullable;

/// What a channel publishes: a method, a header and a body become a message; receipts become confirms.
final class ChannelPublishing implements ReceiptSink {
    private static final int BASIC = 60;
    private static final int FRONT_OF_HEADER = 2 + 2 + 8;
    private static final BasicMethod.Publish NOTHING = new BasicMethod.Publish("", "", false, false);

    /// What has to come next (§4.2.6: the frames of a content come in this order, with nothing between).
    private enum Due {
        METHOD,
        HEADER,
        BODY
    }

    private final AmqpChannel channel;
    private final AmqpConnection connection;
    private final Channels channels;
    private final Publisher publisher;
    private final Principal user;
    private final ContentBody body = new ContentBody();
    private @Nullable PublisherConfirms confirms;
    private Due due = Due.METHOD;
    private BasicMethod.Publish publish = NOTHING;
    private IncomingProperties properties = IncomingProperties.NONE;
    private boolean confirmsAreDue;

    ChannelPublishing(AmqpChannel channel, Channels channels) {
        this.channel = channel;
        this.connection = channel.connection();
        this.channels = channels;
        this.publisher = channel.session().publisher(this);
        this.user = channel.session().principal();
    }

    void selectConfirms(ConfirmMethod.Select select) {
        if (channel.transaction() != null) {
            throw AmqpChannel.preconditionFailed("cannot switch from tx to confirm mode", select);
        }
        if (confirms == null) {
            confirms = new PublisherConfirms();
        }
        channel.answer(select.nowait(), new ConfirmMethod.SelectOk());
    }

    void checkNoContentIsDue(Method method) {
        if (due == Due.HEADER) {
            throw unexpected("expected content header for class 60, got non content header frame instead", method.id());
        }
        if (due == Due.BODY) {
            throw unexpected("expected content body, got non content body frame instead", method.id());
        }
    }

    void begin(BasicMethod.Publish method) {
        if (method.immediate()) {
            throw AmqpChannel.notImplemented("immediate=true", method);
        }
        publish = method;
        due = Due.HEADER;
        connection.publishes();
    }

    void onHeader(ByteBuf header) {
        if (due == Due.METHOD) {
            throw unexpected("expected method frame, got non method frame instead", 0);
        }
        if (due == Due.BODY) {
            throw unexpected("expected content body, got non content body frame instead", publish.id());
        }
        if (header.readableBytes() < FRONT_OF_HEADER) {
            throw new AmqpException(ReplyCode.FRAME_ERROR, "a content header that ends too early", publish.id());
        }
        int classId = header.readUnsignedShort();
        if (classId != BASIC) {
            throw unexpected(
                    "expected content header for class 60, got one for class " + classId + " instead", publish.id());
        }
        header.skipBytes(Short.BYTES);
        onHeader(header.readLong(), header);
    }

    private void onHeader(long size, ByteBuf propertyBytes) {
        int most = connection.protocol().settings().maxMessageSize();
        if (size < 0 || size > most) {
            due = Due.METHOD;
            throw AmqpChannel.preconditionFailed(
                    "message size %s is larger than configured max size %d"
                            .formatted(Long.toUnsignedString(size), most),
                    publish);
        }
        properties = connection.mapping().incoming(propertyBytes, publish, channel.directReply());
        body.begin((int) size);
        due = Due.BODY;
        if (size == 0) {
            complete(Bytes.EMPTY);
        }
    }

    void onBody(ByteBuf frame) {
        if (due != Due.BODY) {
            throw unexpected(
                    due == Due.METHOD
                            ? "expected method frame, got non method frame instead"
                            : "expected content header for class 60, got non content header frame instead",
                    due == Due.METHOD ? 0 : publish.id());
        }
        if (frame.readableBytes() > body.missing()) {
            throw new AmqpException(
                    ReplyCode.FRAME_ERROR,
                    "type %d: the body is longer than its header said".formatted(FrameReader.BODY),
                    publish.id());
        }
        int held = body.held();
        Bytes whole = body.add(frame, connection.scratch());
        connection.holds(body.held() - held);
        if (whole != null) {
            complete(whole);
        }
    }

    private void complete(Bytes content) {
        due = Due.METHOD;
        BasicMethod.Publish method = publish;
        properties.checkUser(user, method);
        var message = properties.message(method, content, connection.now());
        try {
            publish(method, message);
        } catch (BrokerException refused) {
            throw ReplyCodes.translate(refused, method, connection.protocol().settings());
        }
    }

    private void publish(BasicMethod.Publish method, Message message) {
        channel.tally().add(Counted.PUBLISH, 1);
        ChannelTransaction transaction = channel.transaction();
        if (transaction != null) {
            transaction.publish(method, message, properties.raw());
            return;
        }
        long sequence = confirms == null ? -1 : confirms.nextSequence();
        if (publisher.publish(message, sequence) == 0) {
            wentNowhere(method, message, sequence);
        }
    }

    // The return comes before the ack of the same message, as clients rely on.
    private void wentNowhere(BasicMethod.Publish method, Message message, long sequence) {
        if (method.mandatory()) {
            giveBack(method, properties.raw(), message.body());
        } else {
            channel.tally().add(Counted.DROP_UNROUTABLE, 1);
        }
        accepted(sequence, sequence);
    }

    void giveBack(BasicMethod.Publish method, Bytes rawProperties, Bytes content) {
        channel.tally().add(Counted.RETURN_UNROUTABLE, 1);
        channel.send(new BasicMethod.Return(
                ReplyCode.NO_ROUTE.number(), ReplyCode.NO_ROUTE.name(), method.exchange(), method.routingKey()));
        ByteBuf out = connection.out();
        connection.writer().content(out, channel.number(), rawProperties, content, connection.frameMax());
    }

    /// Publishes that wait for their confirm.
    long unconfirmed() {
        return confirms == null ? 0 : confirms.waiting();
    }

    boolean confirms() {
        return confirms != null;
    }

    @Override
    public void accepted(long firstSequence, long lastSequence) {
        if (confirms != null && lastSequence > 0) {
            confirms.accepted(firstSequence, lastSequence);
            confirmSoon();
        }
    }

    @Override
    public void refused(long firstSequence, long lastSequence, BrokerException cause) {
        if (confirms != null && lastSequence > 0) {
            confirms.refused(firstSequence, lastSequence);
            confirmSoon();
        }
    }

    private void confirmSoon() {
        if (!confirmsAreDue && !channel.isClosed()) {
            confirmsAreDue = true;
            channels.confirmsAreDue(channel);
            connection.flushAfterThisPass();
        }
    }

    void writeConfirms() {
        confirmsAreDue = false;
        if (confirms != null && !channel.isClosed()) {
            channel.tally().add(Counted.CONFIRM, confirms.drain(channel::send));
        }
    }

    void close() {
        due = Due.METHOD;
        connection.holds(-body.held());
        body.abandon();
        confirms = null;
    }

    private static AmqpException unexpected(String text, int method) {
        return new AmqpException(ReplyCode.UNEXPECTED_FRAME, text, method);
    }
}
