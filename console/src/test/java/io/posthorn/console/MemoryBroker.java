package io.posthorn.console;

import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerOptions;
import io.posthorn.broker.BrokerThreads;
import io.posthorn.broker.Done;
import io.posthorn.broker.LocalBroker;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionSpec.IoExecutor;
import io.posthorn.broker.Timer;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.topology.Topology;
import io.posthorn.log.JournaledStorage;
import io.posthorn.log.MemoryMetaStore;
import io.posthorn.log.MemorySegmentStore;
import io.posthorn.log.StorageOptions;
import io.posthorn.log.StorageThreads;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A whole broker over a journal in memory, and its administrator.
public final class MemoryBroker implements AutoCloseable {
    public static final Actor ADMINISTRATOR = new Actor(new Principal("guest", Set.of("administrator")), "a test");

    private final Loop loop = new Loop();
    private final LocalBroker broker = LocalBroker.open(
            recovery -> JournaledStorage.open(
                    new MemorySegmentStore(),
                    new MemoryMetaStore(),
                    StorageOptions.inMemory(),
                    StorageThreads.direct(),
                    recovery),
            BrokerOptions.defaults(),
            new BrokerThreads(List.of(loop), loop.executor, Timer.SYSTEM),
            InstantSource.system());

    public Broker broker() {
        return broker;
    }

    public Topology topology() {
        return broker.administration().current();
    }

    /// @throws BrokerException as the broker refuses
    public void apply(List<AdminChange> changes) {
        var answer = new CompletableFuture<Done>();
        broker.administration().apply(ADMINISTRATOR, changes, Reply.to(answer));
        try {
            answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof BrokerException refused ? refused : e;
        }
    }

    @Override
    public void close() {
        broker.close();
        loop.executor.close();
    }

    private static final class Loop implements IoExecutor {
        private final ExecutorService executor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("io-0").factory());
        private final Thread thread =
                CompletableFuture.supplyAsync(Thread::currentThread, executor).join();

        @Override
        public boolean isCurrentThread() {
            return Thread.currentThread().equals(thread);
        }

        @Override
        public void execute(Runnable task) {
            executor.execute(task);
        }
    }
}
