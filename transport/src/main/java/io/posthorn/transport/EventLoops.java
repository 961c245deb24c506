package io.posthorn.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
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

    private final MultiThreadIoEventLoopGroup group;
    private final Class<? extends ServerChannel> serverChannel;
    private final List<IoLoop> loops = new ArrayList<>();

    private EventLoops(int count, IoHandlerFactory handlers, Class<? extends ServerChannel> serverChannel) {
        var number = new AtomicInteger();
        ThreadFactory threads = task -> new FastThreadLocalThread(task, "io-" + number.getAndIncrement());
        this.group = new MultiThreadIoEventLoopGroup(count, threads, handlers);
        this.serverChannel = serverChannel;
        int index = 0;
        for (EventExecutor executor : group) {
            loops.add(new NettyLoop("io-" + index++, executor));
        }
        startInOrder();
    }

    public static EventLoops start(int count) {
        return Epoll.isAvailable()
                ? new EventLoops(count, EpollIoHandler.newFactory(), EpollServerSocketChannel.class)
                : withNio(count);
    }

    static EventLoops withNio(int count) {
        return new EventLoops(count, NioIoHandler.newFactory(), NioServerSocketChannel.class);
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

    Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
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
