package io.posthorn.protocol.amqp;

import io.posthorn.broker.AuditLog;
import io.posthorn.broker.BatchOpener;
import io.posthorn.broker.BrokerOptions;
import io.posthorn.broker.BrokerThreads;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.Timer;
import io.posthorn.log.JournaledStorage;
import io.posthorn.log.MemoryMetaStore;
import io.posthorn.log.MemorySegmentStore;
import io.posthorn.log.StorageOptions;
import io.posthorn.log.StorageThreads;
import io.posthorn.protocol.connection.LoopExecutor;
import io.posthorn.transport.EventLoops;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A real broker over segments in memory, its shards on the loops that serve its connections.
final class LocalBrokerWorld implements AutoCloseable {
    private final EventLoops loops;
    private final ExecutorService flusher = Executors.newSingleThreadExecutor();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final LocalBroker broker;
    private final TestServer server;

    LocalBrokerWorld(int loopCount) {
        loops = EventLoops.start(loopCount);
        var store = new MemorySegmentStore();
        var meta = new MemoryMetaStore();
        List<SessionSpec.IoExecutor> executors = loops.loops().stream()
                .<SessionSpec.IoExecutor>map(LoopExecutor::new)
                .toList();
        broker = LocalBroker.open(
                recovery -> JournaledStorage.open(
                        store, meta, StorageOptions.inMemory(), new StorageThreads(flusher, blocking), recovery),
                BrokerOptions.defaults(),
                new BrokerThreads(executors, blocking, Timer.SYSTEM),
                InstantSource.system(),
                new DeliveredProperties(AmqpSettings.DEFAULTS),
                BatchOpener.NONE,
                AuditLog.NONE);
        server = new TestServer(broker, AmqpSettings.DEFAULTS, loops);
    }

    LocalBroker broker() {
        return broker;
    }

    TestServer server() {
        return server;
    }

    @Override
    public void close() {
        server.stop("test");
        broker.close();
        loops.close();
        blocking.close();
        flusher.close();
    }

    /// For trying foreign clients by hand: serves until it is killed.
    public static void main(String[] args) throws InterruptedException {
        var world = new LocalBrokerWorld(args.length > 0 ? Integer.parseInt(args[0]) : 1);
        System.out.println("amqp://guest:guest@127.0.0.1:" + world.server().port());
        Thread.currentThread().join();
    }
}
