package io.posthorn.protocol.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import io.posthorn.protocol.amqp.wire.ChannelMethod;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.transport.Connection;
import io.posthorn.transport.IoLoop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/// A connection without a socket, whose loop, clock and peer are moved by hand, on the test's thread.
final class EmbeddedPeer implements AutoCloseable {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private boolean reads = true;

    EmbeddedPeer(FakeBroker broker) {
        channel.freezeTime();
        var protocol = new AmqpProtocol(broker, AmqpSettings.DEFAULTS, Runnable::run, () -> now);
        channel.pipeline().addLast(new Window(), protocol.serve(Connection.over(channel, new Loop())));
    }

    private final class Loop implements IoLoop {
        @Override
        public boolean isCurrentThread() {
            return true;
        }

        @Override
        public String name() {
            return "test";
        }

        @Override
        public void execute(Runnable task) {
            channel.eventLoop().execute(task);
        }
    }

    /// Lets nothing through as long as the peer does not read.
    private final class Window extends ChannelOutboundHandlerAdapter {
        @Override
        public void flush(ChannelHandlerContext context) {
            if (reads) {
                context.flush();
            }
        }
    }

    /// All of the handshake, and channel 1.
    EmbeddedPeer open() {
        say(Unpooled.wrappedBuffer(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1}));
        var response = new Bytes("\0guest\0guest".getBytes(StandardCharsets.UTF_8));
        say(0, new ConnectionMethod.StartOk(Arguments.NONE, "PLAIN", response, "en_US"));
        say(0, new ConnectionMethod.TuneOk(2_047, 131_072, 0));
        say(0, new ConnectionMethod.Open("/"));
        return say(1, new ChannelMethod.Open());
    }

    EmbeddedPeer say(int number, Method method) {
        return say(Unpooled.wrappedBuffer(WirePeer.frame(number, method)));
    }

    /// All of it arrives at once.
    EmbeddedPeer say(ByteBuf bytes) {
        channel.writeInbound(bytes);
        return this;
    }

    long nowMillis() {
        return now.toEpochMilli();
    }

    void pass(Duration time) {
        now = now.plus(time);
        channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        run();
    }

    void onLoop(Runnable action) {
        channel.eventLoop().execute(action);
        run();
    }

    private void run() {
        channel.runPendingTasks();
    }

    void stopReading() {
        reads = false;
    }

    void readOn() {
        reads = true;
        onLoop(channel::flush);
    }

    EmbeddedChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }
}
