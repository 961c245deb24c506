package io.posthorn.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The threads that serve sockets, `io-0` and on: native epoll where there is one, else NIO.
///
/// Each is offered as an [IoLoop] too, so that other work can live on the same thread.
public final class EventLoops implements AutoCloseable {
    private static final long STOP_SECONDS = 5;
    private static final String IO = "io";

    private final MultiThreadIoEventLoopGroup group;
    private final Sockets sockets;
    private final List<IoLoop> loops = new ArrayList<>();

    /// What the threads can serve.
    ///
    /// @param network a server's socket on the network
    /// @param machine a server's socket in the file system
    private record Sockets(
            IoHandlerFactory handlers,
            Class<? extends ServerChannel> network,
            Class<? extends ServerChannel> machine) {}

    private EventLoops(String name, int count, Sockets sockets) {
        var number = new AtomicInteger();
        ThreadFactory threads = task -> new FastThreadLocalThread(task, name + "-" + number.getAndIncrement());
        this.group = new MultiThreadIoEventLoopGroup(count, threads, sockets.handlers());
        this.sockets = sockets;
        int index = 0;
        for (EventExecutor executor : group) {
            loops.add(new NettyLoop(name + "-" + index++, executor));
        }
        startInOrder();
    }

    public static EventLoops start(int count) {
        return start(IO, count);
    }

    /// @param name of the threads, before their number
    public static EventLoops start(String name, int count) {
        return Epoll.isAvailable() ? withEpoll(name, count) : withNio(name, count);
    }

    /// For those who serve no sockets: no native library is loaded, of which the JVM would tell the user.
    public static EventLoops startWithoutSockets(int count) {
        return withNio(IO, count);
    }

    private static EventLoops withEpoll(String name, int count) {
        return new EventLoops(
                name,
                count,
                new Sockets(
                        EpollIoHandler.newFactory(),
                        EpollServerSocketChannel.class,
                        EpollServerDomainSocketChannel.class));
    }

    static EventLoops withNio(int count) {
        return withNio(IO, count);
    }

    private static EventLoops withNio(String name, int count) {
        return new EventLoops(
                name,
                count,
                new Sockets(
                        NioIoHandler.newFactory(), NioServerSocketChannel.class, NioServerDomainSocketChannel.class));
    }

    /// One on up to two cores, where a second only makes reads smaller (`docs/adr/0001-threads.md`); half the
    /// cores beyond, which is a guess.
    public static int preferredCount() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    public List<IoLoop> loops() {
        return List.copyOf(loops);
    }

    /// Stops the threads. Listeners are to be stopped before.
    @Override
    public void close() {
        group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> networkServer() {
        return sockets.network();
    }

    Class<? extends ServerChannel> machineServer() {
        return sockets.machine();
    }

    /// A path, as the loops' sockets know it.
    SocketAddress machineAddress(Path path) {
        return sockets.machine().equals(EpollServerDomainSocketChannel.class)
                ? new DomainSocketAddress(path.toFile())
                : UnixDomainSocketAddress.of(path);
    }

    IoLoop of(EventLoop eventLoop) {
        for (IoLoop loop : loops) {
            if (loop instanceof NettyLoop netty && netty.executor.equals(eventLoop)) {
                return loop;
            }
        }
        throw new IllegalArgumentException("not one of these loops: " + eventLoop);
    }

    // Netty starts a loop's thread with its first task; here they start one by one, so that names and order agree.
    private void startInOrder() {
        for (IoLoop loop : loops) {
            loop.execute(() -> {});
        }
    }

    private record NettyLoop(String name, EventExecutor executor) implements IoLoop {
        @Override
        public boolean isCurrentThread() {
            return executor.inEventLoop();
        }

        @Override
        public void execute(Runnable task) {
            executor.execute(task);
        }
    }
}
