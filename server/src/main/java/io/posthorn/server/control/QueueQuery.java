package io.posthorn.server.control;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Principal;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.SessionSpec;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One question to the broker through a session of its own, for a caller that can wait.
final class QueueQuery implements Reply<List<QueueStatus>>, SessionListener {
    private final CompletableFuture<List<QueueStatus>> answer = new CompletableFuture<>();

    private @Nullable BrokerSession session; // of the io thread

    private QueueQuery() {}

    /// @throws BrokerException as the broker answers
    /// @throws TimeoutException when it does not
    static List<QueueStatus> run(Broker broker, Principal owner, String virtualHost, Duration patience)
            throws TimeoutException {
        var query = new QueueQuery();
        try (var io = new SessionThread()) {
            io.execute(() -> query.ask(broker, new SessionSpec("control socket", owner, virtualHost, io)));
            try {
                return query.await(patience);
            } finally {
                io.execute(query::end);
            }
        }
    }

    private void end() {
        if (session != null) {
            session.close();
        }
    }

    private void ask(Broker broker, SessionSpec spec) {
        try {
            session = broker.open(spec, this);
            session.listQueues(this);
        } catch (BrokerException e) {
            failed(e);
        }
    }

    private List<QueueStatus> await(Duration patience) throws TimeoutException {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS).stream()
                    .sorted(Comparator.comparing(QueueStatus::name))
                    .toList();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BrokerException refused ? refused : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimeoutException();
        }
    }

    @Override
    public void ok(List<QueueStatus> queues) {
        answer.complete(queues);
    }

    @Override
    public void failed(BrokerException cause) {
        answer.completeExceptionally(cause);
    }

    @Override
    public void alarms(Set<Alarm> on) {} // it publishes nothing

    @Override
    public void acceptsPublishes(boolean open) {}

    @Override
    public void ended(BrokerException cause) {
        failed(cause);
    }

    /// The io thread of a session that has no socket.
    private static final class SessionThread implements SessionSpec.IoExecutor, AutoCloseable {
        private @Nullable Thread thread;
        private final ExecutorService executor = Executors.newSingleThreadExecutor(this::newThread);

        private Thread newThread(Runnable work) {
            thread = Thread.ofVirtual().name("control-session").unstarted(work);
            return thread;
        }

        @Override
        public boolean isCurrentThread() {
            return Thread.currentThread().equals(thread);
        }

        @Override
        public void execute(Runnable task) {
            executor.execute(task);
        }

        /// What is queued is still run.
        @Override
        public void close() {
            executor.close();
        }
    }
}
