package io.posthorn.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Accepts connections on one address and gives each to its protocol. Thread-safe.
public final class Listener {
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());

    private static final int BACKLOG = 1024;

    /// Above the high mark a connection gets no more deliveries, until it is below the low one.
    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(128 * 1024, 512 * 1024);

    private final EventLoops loops;
    private final Protocol protocol;
    private final Optional<Tls> tls;
    private final ConnectionLimit limit;
    private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
    private final AtomicBoolean refusing = new AtomicBoolean();
    private final Channel server;

    private Listener(EventLoops loops, Bind bind, Protocol protocol, ConnectionLimit limit, Optional<Tls> tls)
            throws IOException {
        this.loops = loops;
        this.protocol = protocol;
        this.limit = limit;
        this.tls = tls;
        this.server = bind.with(newBootstrap());
    }

    private interface Bind {
        Channel with(ServerBootstrap bootstrap) throws IOException;
    }

    /// @param address port 0 takes a free one
    public static Listener open(EventLoops loops, InetSocketAddress address, Protocol protocol, ConnectionLimit limit)
            throws ListenException {
        return open(loops, address, protocol, limit, Optional.empty());
    }

    /// @param tls encrypts every connection, from its first octet
    public static Listener open(
            EventLoops loops, InetSocketAddress address, Protocol protocol, ConnectionLimit limit, Optional<Tls> tls)
            throws ListenException {
        if (address.isUnresolved()) {
            throw new ListenException.NotOurAddress(address, null);
        }
        try {
            return new Listener(loops, bootstrap -> bind(bootstrap, loops, address), protocol, limit, tls);
        } catch (ListenException refused) {
            throw refused;
        } catch (IOException e) {
            throw ListenException.of(address, e);
        }
    }

    /// Listens in the file system, for processes of this machine: who may connect is who may enter the directory.
    ///
    /// @param path of about a hundred bytes at most; nothing is there yet
    public static Listener openLocal(EventLoops loops, Path path, Protocol protocol, ConnectionLimit limit)
            throws IOException {
        return new Listener(loops, bootstrap -> bind(bootstrap, loops, path), protocol, limit, Optional.empty());
    }

    /// Where it listens really, on the network.
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    public int connections() {
        return connections.size();
    }

    /// Accepts no more, asks every connection to end in order, and closes those that have not after a while.
    ///
    /// @param reason told to the peers, where the protocol can
    public void stop(String reason, Duration patience) {
        server.close().awaitUninterruptibly();
        for (Channel connection : connections) {
            connection
                    .eventLoop()
                    .execute(() -> connection.pipeline().fireUserEventTriggered(new Protocol.StopRequested(reason)));
        }
        if (!connections.newCloseFuture().awaitUninterruptibly(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.log(Level.INFO, "{0}: {1} connections did not close in time", protocol.name(), connections.size());
        }
        connections.close().awaitUninterruptibly();
    }

    private ServerBootstrap newBootstrap() {
        return new ServerBootstrap()
                .group(loops.group())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .childHandler(new Acceptor());
    }

    private static Channel bind(ServerBootstrap bootstrap, EventLoops loops, InetSocketAddress address)
            throws ListenException {
        ChannelFuture bound = bootstrap
                .channel(loops.networkServer())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw ListenException.of(address, bound.cause());
        }
        return bound.channel();
    }

    private static Channel bind(ServerBootstrap bootstrap, EventLoops loops, Path path) throws IOException {
        ChannelFuture bound = bootstrap
                .channel(loops.machineServer())
                .bind(loops.machineAddress(path))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + path + ": " + bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    private void accept(Channel channel) {
        if (!limit.tryEnter()) {
            refuse(channel);
            return;
        }
        refusing.set(false);
        channel.closeFuture().addListener(_ -> limit.leave());
        connections.add(channel);
        var buffers = new ReceiveBuffers();
        channel.config().setRecvByteBufAllocator(buffers);
        var connection = new Connection(channel, loops.of(channel.eventLoop()), buffers);
        tls.ifPresent(encryption ->
                channel.pipeline().addLast(encryption.newHandler(channel.alloc()), new TlsWatch(connection)));
        channel.pipeline().addLast(protocol.serve(connection));
    }

    // Logged when refusing begins, not for every connection: a flood of them must not become a flood of lines.
    private void refuse(Channel channel) {
        if (refusing.compareAndSet(false, true)) {
            LOG.log(Level.WARNING, "{0}: refusing connections, there are {1}", protocol.name(), limit.most());
        }
        channel.config().setAutoRead(false);
        channel.writeAndFlush(Unpooled.wrappedBuffer(protocol.refusal())).addListener(ChannelFutureListener.CLOSE);
    }

    private final class Acceptor extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            accept(channel);
        }
    }
}
