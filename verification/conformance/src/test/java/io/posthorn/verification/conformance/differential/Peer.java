package io.posthorn.verification.conformance.differential;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.BasicProperties;
import io.posthorn.protocol.amqp.wire.ChannelMethod;
import io.posthorn.protocol.amqp.wire.ConfirmMethod;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.protocol.amqp.wire.FrameReader;
import io.posthorn.protocol.amqp.wire.FrameWriter;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.MethodReader;
import io.posthorn.verification.conformance.differential.Heard.Confirmed;
import io.posthorn.verification.conformance.differential.Heard.Content;
import io.posthorn.verification.conformance.differential.Heard.Gone;
import io.posthorn.verification.conformance.differential.Heard.Said;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One connection that says what it is told and tells what it hears. Acts come from one thread, frames are read on
/// another; both hold the lock of the [Ear].
final class Peer implements AutoCloseable {
    private static final int FRAME_MAX = 131_072;
    private static final String[] CAPABILITIES = {
        "authentication_failure_close",
        "basic.nack",
        "connection.blocked",
        "consumer_cancel_notify",
        "exchange_exchange_bindings",
        "publisher_confirms"
    };

    private final char name;
    private final Ear ear;
    private final Socket socket;
    private final DataInputStream in;
    private final MethodReader methods = new MethodReader();
    private final FrameWriter frames = new FrameWriter();
    private final Map<Integer, Channel> channels = new TreeMap<>();
    private boolean open = true;

    /// What is known of a channel that is open.
    private static final class Channel {
        /// For each flow-ok to come, whether it is the end of a [#fence].
        final Deque<Boolean> flows = new ArrayDeque<>();

        final TreeSet<Long> unconfirmed = new TreeSet<>();
        /// Whether its open-ok belongs to the script.
        final boolean openedByScript;

        boolean confirms;
        long published;

        @Nullable
        Method withContent;

        @Nullable
        BasicProperties properties;

        long missing;
        final StringBuilder body = new StringBuilder();

        Channel(boolean openedByScript) {
            this.openedByScript = openedByScript;
        }
    }

    private Peer(char name, Ear ear, Socket socket) throws IOException {
        this.name = name;
        this.ear = ear;
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    static Peer connect(char name, URI broker, Ear ear) throws IOException {
        Peer peer = new Peer(name, ear, new Socket(broker.getHost(), broker.getPort()));
        peer.socket.setTcpNoDelay(true);
        peer.handshake();
        Thread.ofVirtual().name("peer-" + name).start(peer::listen);
        return peer;
    }

    @SuppressWarnings("NullAway") // the class file of a record does not say that its map may hold null
    private void handshake() throws IOException {
        socket.getOutputStream().write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
        await(ConnectionMethod.Start.class);
        Map<String, Object> capabilities = new HashMap<>();
        for (String capability : CAPABILITIES) {
            capabilities.put(capability, true);
        }
        write(
                0,
                new ConnectionMethod.StartOk(
                        new Arguments(Map.of("capabilities", new Arguments(capabilities))),
                        "PLAIN",
                        Bytes.utf8("\0guest\0guest"),
                        "en_US"));
        await(ConnectionMethod.Tune.class);
        write(0, new ConnectionMethod.TuneOk(2047, FRAME_MAX, 0));
        write(0, new ConnectionMethod.Open("/"));
        await(ConnectionMethod.OpenOk.class);
    }

    private void await(Class<? extends Method> type) throws IOException {
        Frame frame = readFrame();
        Method method = methods.read(frame.payload);
        if (!type.isInstance(method)) {
            throw new IOException(type.getSimpleName() + " awaited, and came " + method);
        }
    }

    boolean isOpen() {
        synchronized (ear) {
            return open;
        }
    }

    void send(int channel, Method method) throws IOException {
        synchronized (ear) {
            if (channel > 0) {
                noted(channelFor(channel, method), method);
            }
            write(channel, method);
        }
    }

    private Channel channelFor(int number, Method method) throws IOException {
        Channel channel = channels.get(number);
        if (channel == null) {
            channel = new Channel(method instanceof ChannelMethod.Open);
            channels.put(number, channel);
            if (!channel.openedByScript) {
                write(number, new ChannelMethod.Open());
            }
        }
        return channel;
    }

    private static void noted(Channel channel, Method method) {
        switch (method) {
            case ConfirmMethod.Select _ -> channel.confirms = true;
            case ChannelMethod.Flow _ -> channel.flows.add(false);
            case BasicMethod.Publish _ when channel.confirms -> channel.unconfirmed.add(++channel.published);
            default -> {}
        }
    }

    void publish(int channel, BasicMethod.Publish publish, BasicProperties properties, String body) throws IOException {
        synchronized (ear) {
            noted(channelFor(channel, publish), publish);
            ByteBuf out = Unpooled.buffer();
            ByteBuf encoded = Unpooled.buffer();
            properties.write(encoded);
            frames.method(out, channel, publish);
            frames.content(out, channel, new Bytes(ByteBufUtil.getBytes(encoded)), Bytes.utf8(body), FRAME_MAX);
            write(out);
        }
    }

    /// Asks on each open channel for an answer that comes behind all that were on their way.
    void fence() throws IOException {
        synchronized (ear) {
            for (Map.Entry<Integer, Channel> channel : channels.entrySet()) {
                channel.getValue().flows.add(true);
                write(channel.getKey(), new ChannelMethod.Flow(true));
            }
        }
    }

    boolean isFenced() {
        return !open || channels.values().stream().noneMatch(channel -> channel.flows.contains(true));
    }

    private void write(int channel, Method method) throws IOException {
        ByteBuf out = Unpooled.buffer();
        frames.method(out, channel, method);
        write(out);
    }

    // A connection that the broker has ended meanwhile is found by reading.
    private void write(ByteBuf out) {
        try {
            socket.getOutputStream().write(ByteBufUtil.getBytes(out));
        } catch (IOException gone) {
            open = open && !socket.isClosed();
        }
    }

    private record Frame(int type, int channel, ByteBuf payload) {}

    private Frame readFrame() throws IOException {
        int type = in.readUnsignedByte();
        int channel = in.readUnsignedShort();
        byte[] payload = in.readNBytes(in.readInt());
        if (in.readUnsignedByte() != 0xce) {
            throw new IOException("the frame does not end where it says");
        }
        return new Frame(type, channel, Unpooled.wrappedBuffer(payload));
    }

    private void listen() {
        try (socket) {
            while (isOpen()) {
                Frame frame = readFrame();
                synchronized (ear) {
                    hear(frame);
                    ear.notifyAll();
                }
            }
        } catch (IOException gone) {
            synchronized (ear) {
                if (open) {
                    open = false;
                    ear.hear(new Gone(name));
                }
            }
        }
    }

    private void hear(Frame frame) throws IOException {
        switch (frame.type) {
            case FrameReader.METHOD -> hear(frame.channel, methods.read(frame.payload));
            case FrameReader.HEADER -> header(frame.channel, frame.payload);
            case FrameReader.BODY -> body(frame.channel, frame.payload);
            default -> {}
        }
    }

    private void hear(int number, Method method) throws IOException {
        Channel channel = channels.get(number);
        switch (method) {
            case BasicMethod.Return _, BasicMethod.Deliver _, BasicMethod.GetOk _
            when channel != null -> channel.withContent = method;
            case BasicMethod.Ack ack -> confirmed(number, ack.deliveryTag(), ack.multiple(), false);
            case BasicMethod.Nack nack -> confirmed(number, nack.deliveryTag(), nack.multiple(), true);
            case ChannelMethod.OpenOk _ when channel != null && !channel.openedByScript -> {}
            case ChannelMethod.FlowOk _ when channel != null && channel.flows.remove() -> {}
            default -> {
                ear.hear(new Said(name, number, method, null));
                handshakeOfClose(number, method);
            }
        }
    }

    private void handshakeOfClose(int number, Method method) throws IOException {
        switch (method) {
            case ChannelMethod.Close _ -> {
                channels.remove(number);
                write(number, new ChannelMethod.CloseOk());
            }
            case ChannelMethod.CloseOk _ -> channels.remove(number);
            case ConnectionMethod.Close _ -> {
                open = false;
                write(0, new ConnectionMethod.CloseOk());
            }
            case ConnectionMethod.CloseOk _ -> open = false;
            default -> {}
        }
    }

    private void confirmed(int number, long tag, boolean multiple, boolean refused) {
        Channel channel = channels.get(number);
        List<Long> messages = new ArrayList<>();
        if (channel != null && multiple) {
            messages.addAll(tag == 0 ? channel.unconfirmed : channel.unconfirmed.headSet(tag, true));
            messages.forEach(channel.unconfirmed::remove);
        } else {
            // A number that was confirmed before, or never given, is told all the same: the other broker will not.
            messages.add(tag);
            if (channel != null) {
                channel.unconfirmed.remove(tag);
            }
        }
        ear.hear(new Confirmed(name, number, refused, messages));
    }

    private void header(int number, ByteBuf payload) {
        Channel channel = channels.get(number);
        if (channel != null) {
            payload.skipBytes(4);
            channel.missing = payload.readLong();
            channel.properties = BasicProperties.read(payload);
            channel.body.setLength(0);
            whole(number, channel);
        }
    }

    private void body(int number, ByteBuf payload) {
        Channel channel = channels.get(number);
        if (channel != null) {
            channel.missing -= payload.readableBytes();
            channel.body.append(payload.toString(StandardCharsets.UTF_8));
            whole(number, channel);
        }
    }

    private void whole(int number, Channel channel) {
        if (channel.missing == 0 && channel.withContent != null && channel.properties != null) {
            ear.hear(new Said(
                    name, number, channel.withContent, new Content(channel.properties, channel.body.toString())));
            channel.withContent = null;
        }
    }

    /// Goes without a word.
    @Override
    public void close() throws IOException {
        synchronized (ear) {
            open = false;
        }
        socket.close();
    }
}
