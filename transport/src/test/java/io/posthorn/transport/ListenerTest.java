package io.posthorn.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(ListenerTest.Transport.class)
final class ListenerTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    enum Transport {
        PREFERRED,
        NIO
    }

    private final EventLoops loops;

    ListenerTest(Transport transport) {
        loops = transport == Transport.NIO ? EventLoops.withNio(1) : EventLoops.start(1);
    }

    @AfterEach
    void close() {
        loops.close();
    }

    @Test
    void aConnectionIsServedByItsProtocol() throws IOException {
        Listener listener = Listener.open(loops, ANY_PORT, new Echo(), new ConnectionLimit(10));
        try (var socket =
                new Socket(listener.address().getAddress(), listener.address().getPort())) {
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
        }
        listener.stop("test", Duration.ofSeconds(5));
    }

    @Test
    void aConnectionInTheFileSystemIsServedAsOneOfTheNetwork(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("socket");
        Listener listener = Listener.openLocal(loops, path, new Echo(), new ConnectionLimit(10));
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            channel.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
            assertThat(Channels.newInputStream(channel).readNBytes(5))
                    .asString()
                    .isEqualTo("hello");
        }
        listener.stop("test", Duration.ofSeconds(5));
        assertThatThrownBy(() -> SocketChannel.open(UnixDomainSocketAddress.of(path)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aTakenPortIsNamed() throws IOException {
        Listener first = Listener.open(loops, ANY_PORT, new Echo(), new ConnectionLimit(10));
        assertThatThrownBy(() -> Listener.open(loops, first.address(), new Echo(), new ConnectionLimit(10)))
                .isInstanceOf(ListenException.PortTaken.class)
                .hasMessageContaining("port " + first.address().getPort());
        first.stop("test", Duration.ofSeconds(5));
    }

    @Test
    void anAddressThatIsNotOursIsNamed() {
        assertThatThrownBy(() -> Listener.open(
                        loops, new InetSocketAddress("192.0.2.1", 0), new Echo(), new ConnectionLimit(10)))
                .isInstanceOf(ListenException.NotOurAddress.class)
                .hasMessageContaining("192.0.2.1");
    }

    @Test
    void oneConnectionTooManyIsToldAndClosedAndTheOthersGoOn() throws IOException {
        Listener listener = Listener.open(loops, ANY_PORT, new Echo(), new ConnectionLimit(1));
        InetSocketAddress address = listener.address();
        try (var served = new Socket(address.getAddress(), address.getPort())) {
            served.getOutputStream().write('a');
            assertThat(served.getInputStream().read()).isEqualTo('a');
            try (var refused = new Socket(address.getAddress(), address.getPort())) {
                assertThat(refused.getInputStream().readAllBytes()).asString().isEqualTo("full");
            }
            served.getOutputStream().write('b');
            assertThat(served.getInputStream().read()).isEqualTo('b');
        }
        listener.stop("test", Duration.ofSeconds(5));
    }

    @Test
    void stoppingAsksEveryConnectionToEnd() throws IOException {
        Listener listener = Listener.open(loops, ANY_PORT, new Echo(), new ConnectionLimit(10));
        try (var socket =
                new Socket(listener.address().getAddress(), listener.address().getPort())) {
            socket.getOutputStream().write('a');
            assertThat(socket.getInputStream().read()).isEqualTo('a');
            listener.stop("bye", Duration.ofSeconds(5));
            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("bye");
        }
        assertThat(listener.connections()).isZero();
    }

    @Test
    void loopsAreNamedAndKnowTheirThread() {
        IoLoop loop = loops.loops().getFirst();
        assertThat(loop.isCurrentThread()).isFalse();
        var seen = new java.util.concurrent.CompletableFuture<String>();
        loop.execute(() -> seen.complete(
                loop.isCurrentThread() + " " + Thread.currentThread().getName()));
        assertThat(seen.join()).isEqualTo("true io-0");
        assertThat(loop.name()).isEqualTo("io-0");
    }

    private static final class Echo implements Protocol {
        @Override
        public String name() {
            return "echo";
        }

        @Override
        public byte[] refusal() {
            return "full".getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public ChannelHandler serve(Connection connection) {
            return new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    connection.outbox().writer().writeBytes((ByteBuf) message);
                    ((ByteBuf) message).release();
                }

                @Override
                public void channelReadComplete(ChannelHandlerContext context) {
                    connection.outbox().flush();
                }

                @Override
                public void userEventTriggered(ChannelHandlerContext context, Object event) {
                    if (event instanceof StopRequested(String reason)) {
                        connection.outbox().writer().writeCharSequence(reason, StandardCharsets.US_ASCII);
                        connection.outbox().flushAndClose();
                    }
                }
            };
        }
    }
}
