package io.posthorn.protocol.kafka;

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
import io.posthorn.protocol.kafka.fetch.FetchHandler;
import io.posthorn.transport.ConnectionLimit;
import io.posthorn.transport.EventLoops;
import io.posthorn.transport.Listener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A real broker over segments in memory that serves Kafka on a real socket, its shards on the loops of its
/// connections.
public final class KafkaWorld implements AutoCloseable {
    private final EventLoops loops;
    private final ExecutorService flusher = Executors.newSingleThreadExecutor();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final LocalBroker broker;
    private final KafkaProtocol protocol;
    private final Listener listener;
    private final MemorySegmentStore store = new MemorySegmentStore();

    public KafkaWorld() {
        this(KafkaSettings.DEFAULTS, 1);
    }

    public KafkaWorld(KafkaSettings settings, int loopCount) {
        this(settings, loopCount, StorageOptions.inMemory());
    }

    public KafkaWorld(KafkaSettings settings, int loopCount, StorageOptions sizes) {
        this(settings, loopCount, sizes, Loggers.NONE);
    }

    /// One whose process has these loggers.
    KafkaWorld(Loggers loggers) {
        this(KafkaSettings.DEFAULTS, 1, StorageOptions.inMemory(), loggers);
    }

    private KafkaWorld(KafkaSettings settings, int loopCount, StorageOptions sizes, Loggers loggers) {
        loops = EventLoops.start(loopCount);
        var meta = new MemoryMetaStore();
        List<SessionSpec.IoExecutor> executors = loops.loops().stream()
                .<SessionSpec.IoExecutor>map(LoopExecutor::new)
                .toList();
        broker = LocalBroker.open(
                recovery -> JournaledStorage.open(store, meta, sizes, new StorageThreads(flusher, blocking), recovery),
                BrokerOptions.defaults(),
                new BrokerThreads(executors, blocking, Timer.SYSTEM),
                InstantSource.system());
        protocol = new KafkaProtocol(broker, settings, loggers, blocking, InstantSource.system());
        try {
            listener = Listener.open(
                    loops,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    protocol,
                    new ConnectionLimit(100));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Where everything is kept.
    public MemorySegmentStore store() {
        return store;
    }

    public LocalBroker broker() {
        return broker;
    }

    public KafkaProtocol protocol() {
        return protocol;
    }

    public int port() {
        return listener.address().getPort();
    }

    /// For `bootstrap.servers`.
    public String address() {
        return "127.0.0.1:" + port();
    }

    /// Bytes that were read from the disk for clients that have not got them yet.
    public long heldForClients() {
        return protocol.service().join().apis().handlers().stream()
                .mapToLong(handler -> handler instanceof FetchHandler fetches ? fetches.held() : 0)
                .sum();
    }

    public RawKafka connect() throws IOException {
        return new RawKafka(port());
    }

    @Override
    public void close() {
        listener.stop("test", Duration.ofSeconds(5));
        protocol.close();
        broker.close();
        loops.close();
        blocking.close();
        flusher.close();
    }
}
