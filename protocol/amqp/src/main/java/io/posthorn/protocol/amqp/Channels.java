package io.posthorn.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.statistics.ChannelReport;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.ChannelMethod;
import io.posthorn.protocol.amqp.wire.FrameReader;
import io.posthorn.protocol.amqp.wire.FrameText;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.MethodReader;
import io.posthorn.protocol.amqp.wire.ReplyCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The channels of one connection, by number: opening and closing them.
final class Channels {
    /// What a channel number stands for; a number without one is free.
    sealed interface Slot permits AmqpChannel, AwaitingCloseOk {}

    /// We have closed the channel: what the client sent before it knew is discarded.
    private record AwaitingCloseOk() implements Slot {}

    private final AmqpConnection connection;
    private final MethodReader methods;
    private final List<AmqpChannel> withConfirms = new ArrayList<>();
    private @Nullable Slot[] slots = new @Nullable Slot[4];
    private int limit;
    private int open;

    Channels(AmqpConnection connection, MethodReader methods) {
        this.connection = connection;
        this.methods = methods;
    }

    void limit(int channelMax) {
        limit = channelMax;
    }

    void onFrame(int type, int number, ByteBuf payload) {
        if (type == FrameReader.HEARTBEAT) {
            String text = FrameText.of(type, payload, payload.readerIndex(), payload.readableBytes());
            throw new AmqpException(ReplyCode.UNEXPECTED_FRAME, text, 0);
        }
        switch (slot(number)) {
            case null -> onFirst(type, number, payload);
            case AmqpChannel channel -> onOpen(channel, type, payload);
            case AwaitingCloseOk _ -> onClosing(type, number, payload);
        }
    }

    /// Closes a channel with a failure; what it holds is given back.
    void fail(int number, AmqpException cause) {
        if (slot(number) instanceof AmqpChannel channel) {
            slots[number] = new AwaitingCloseOk();
            end(
                    channel,
                    new ChannelMethod.Close(
                            cause.code().number(),
                            ReplyText.cut(cause.replyText()),
                            cause.classId(),
                            cause.methodId()));
        }
    }

    int open() {
        return open;
    }

    void forEachOpen(Consumer<AmqpChannel> look) {
        for (Slot slot : slots) {
            if (slot instanceof AmqpChannel channel) {
                look.accept(channel);
            }
        }
    }

    List<ChannelReport> reports() {
        var reports = new ArrayList<ChannelReport>(open);
        forEachOpen(channel -> reports.add(channel.report()));
        return reports;
    }

    void closeAll() {
        for (Slot slot : slots) {
            if (slot instanceof AmqpChannel channel) {
                end(channel);
            }
        }
        Arrays.fill(slots, null);
    }

    void resumeConsumers() {
        for (Slot slot : slots) {
            if (slot instanceof AmqpChannel channel) {
                channel.deliveries().resume();
            }
        }
    }

    /// Confirms are written late, so that one answers for many messages.
    void confirmsAreDue(AmqpChannel channel) {
        withConfirms.add(channel);
    }

    void writeConfirms() {
        for (int i = 0; i < withConfirms.size(); i++) {
            withConfirms.get(i).publishing().writeConfirms();
        }
        withConfirms.clear();
    }

    private @Nullable Slot slot(int number) {
        return number < slots.length ? slots[number] : null;
    }

    private void onFirst(int type, int number, ByteBuf payload) {
        if (type != FrameReader.METHOD) {
            throw new AmqpException(
                    ReplyCode.UNEXPECTED_FRAME, "expected method frame, got non method frame instead", 0);
        }
        switch (methods.read(payload)) {
            case ChannelMethod.Open open -> open(number, open);
            // Both sides closed at the same time, or the peer answers twice.
            case ChannelMethod.CloseOk _ -> {}
            case Method other ->
                throw new AmqpException(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'", other.id());
        }
    }

    private void open(int number, ChannelMethod.Open method) {
        if (open >= limit) {
            // RabbitMQ counts before it looks which method opens the channel, and so names none.
            throw notAllowed("number of channels opened (%d) has reached the negotiated channel_max (%d)", open, 0);
        }
        if (number > limit) {
            throw notAllowed("channel number %d is higher than the negotiated channel_max (%d)", number, method.id());
        }
        try {
            connection.session().beginChannel();
        } catch (BrokerException.LimitReached reached) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED, ReplyCodes.text(reached), 0);
        }
        if (number >= slots.length) {
            slots = Arrays.copyOf(slots, Math.max(number + 1, slots.length * 2));
        }
        slots[number] = new AmqpChannel(number, connection, this);
        open++;
        connection.reporting().channelOpened();
        connection.send(number, new ChannelMethod.OpenOk());
    }

    private AmqpException notAllowed(String text, int value, int culprit) {
        return new AmqpException(ReplyCode.NOT_ALLOWED, text.formatted(value, limit), culprit);
    }

    private void onOpen(AmqpChannel channel, int type, ByteBuf payload) {
        switch (type) {
            case FrameReader.METHOD -> onMethod(channel, methods.read(payload));
            case FrameReader.HEADER -> channel.publishing().onHeader(payload);
            default -> channel.publishing().onBody(payload);
        }
    }

    private void onMethod(AmqpChannel channel, Method method) {
        if (method instanceof ChannelMethod.Close) {
            slots[channel.number()] = null;
            end(channel, new ChannelMethod.CloseOk());
        } else {
            channel.onMethod(method);
        }
    }

    private void onClosing(int type, int number, ByteBuf payload) {
        if (type != FrameReader.METHOD) {
            return;
        }
        switch (methods.read(payload)) {
            case ChannelMethod.CloseOk _ -> slots[number] = null;
            case ChannelMethod.Close _ -> connection.send(number, new ChannelMethod.CloseOk());
            case Method _ -> {}
        }
    }

    private void end(AmqpChannel channel, ChannelMethod goodbye) {
        end(channel);
        connection.whenGone(() -> connection.send(channel.number(), goodbye));
    }

    private void end(AmqpChannel channel) {
        open--;
        channel.close();
        connection.reporting().channelClosed(channel);
    }
}
