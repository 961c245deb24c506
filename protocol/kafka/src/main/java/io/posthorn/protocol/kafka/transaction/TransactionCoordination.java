package io.posthorn.protocol.kafka.transaction;

import io.posthorn.broker.BrokerException;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import io.posthorn.protocol.kafka.coordinator.SerialExecutor;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.protocol.Errors;

/// The coordinator of transactions, from its first request to the stop of the broker. Where there was one
/// before, it begins at once: transactions that were under way have to end. When its topic goes, with the
/// virtual host, so does it, and the next request opens another. Thread-safe.
public final class TransactionCoordination implements AutoCloseable {
    /// How long a transactional id is remembered that nobody uses, where nobody has said it: Kafka's default.
    private static final Duration IDLE = Duration.ofDays(7);

    private static final String EXPIRATION = "transactional.id.expiration.ms";

    /// So long who asks waits for what is being loaded, before being told to come back.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration RETRY = Duration.ofSeconds(10);

    private static final System.Logger LOG = System.getLogger(TransactionCoordination.class.getName());

    private final KeptBrokerConfigs configs;
    private final InstantSource clock;
    private final Executor blocking;
    private final CoordinatorSession session;
    private final PartitionMarkers markers;
    private final OpenTransactions open = new OpenTransactions();
    private final SerialExecutor executor = new SerialExecutor("kafka-transactions");

    /// Guarded by this object, for as long as a transition takes.
    private State state = new NotOpened();

    private int openings;

    private sealed interface State {}

    private record NotOpened() implements State {}

    /// @param number which time it is
    private record Opened(int number, CompletableFuture<TransactionCoordinator> coordinator) implements State {}

    /// It could not be loaded: the next request tries again, or the next of our own tries.
    private record Failed() implements State {}

    private record Closed() implements State {}

    /// @param offsets where transactions end that offsets were committed in
    /// @param configs how long idle transactional ids are remembered
    public TransactionCoordination(Surroundings around, OffsetMarkers offsets, KeptBrokerConfigs configs) {
        this.configs = configs;
        this.clock = around.clock();
        this.blocking = around.blocking();
        this.session = new CoordinatorSession(around.broker(), around.settings().virtualHost(), "kafka-transactions");
        this.markers = new PartitionMarkers(session, offsets);
    }

    OpenTransactions open() {
        return open;
    }

    PartitionMarkers markers() {
        return markers;
    }

    /// Goes on with what was under way when the broker stopped. Blocks, but not until that is done.
    public void resume() {
        try {
            if (new StateTopic(session, clock).exists()) {
                var _ = opened();
            }
        } catch (BrokerException.VirtualHostNotFound none) {
            LOG.log(Level.WARNING, "no transactions are looked for: " + none.getMessage());
        }
    }

    // ---- Questions

    CompletionStage<Answer> ask(String transactionalId, TransactionRequest request) {
        if (!(request instanceof TransactionRequest.InitProducer) && hasNone()) {
            return CompletableFuture.completedStage(Answer.refused(Errors.INVALID_PRODUCER_ID_MAPPING));
        }
        return answered(there().thenCompose(coordinator -> coordinator.ask(transactionalId, request)));
    }

    CompletionStage<Answer> newProducer() {
        return answered(there().thenCompose(TransactionCoordinator::newProducer));
    }

    private static CompletionStage<Answer> answered(CompletableFuture<Answer> answer) {
        return answer.exceptionally(failure -> Answer.refused(error(failure)));
    }

    static Errors error(Throwable failure) {
        return Errors.maybeUnwrapException(failure) instanceof TimeoutException
                ? Errors.COORDINATOR_LOAD_IN_PROGRESS
                : Errors.COORDINATOR_NOT_AVAILABLE;
    }

    /// Every transactional id there is; fails as [#error] says.
    CompletionStage<Map<String, TransactionalProducer>> all() {
        return hasNone()
                ? CompletableFuture.completedStage(Map.of())
                : there().thenCompose(TransactionCoordinator::all);
    }

    private synchronized boolean hasNone() {
        return state instanceof NotOpened;
    }

    private CompletableFuture<TransactionCoordinator> there() {
        CompletableFuture<TransactionCoordinator> opening = opened();
        return opening.isDone() ? opening : opening.copy().orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    // ---- From the start to the stop

    private synchronized CompletableFuture<TransactionCoordinator> opened() {
        return switch (state) {
            case Opened opened -> opened.coordinator();
            case Closed _ -> CompletableFuture.failedFuture(new IllegalStateException("the broker is stopping"));
            case NotOpened _, Failed _ -> begin(true);
        };
    }

    /// @param isAsked whether somebody wants transactions, so that there is to be a topic for them
    private synchronized CompletableFuture<TransactionCoordinator> begin(boolean isAsked) {
        var opening = new CompletableFuture<TransactionCoordinator>();
        openings++;
        int number = openings;
        state = new Opened(number, opening);
        blocking.execute(() -> open(number, opening, isAsked));
        return opening;
    }

    private void open(int number, CompletableFuture<TransactionCoordinator> opening, boolean isAsked) {
        var log = new StateTopic(session, clock);
        try {
            if (isAsked && !log.exists()) {
                log.create();
            }
            Map<String, TransactionalProducer> loaded = log.load();
            executor.execute(() -> {
                var coordinator =
                        new TransactionCoordinator(log, markers, open, clock, executor, log.firstId(), loaded);
                opening.complete(coordinator);
                tickLater(number, coordinator);
                log.whenDeleted(() -> executor.execute(() -> end(number, coordinator)));
            });
        } catch (BrokerException.VirtualHostNotFound | BrokerException.NotFound e) {
            // It went meanwhile, and what there was with it: there is nothing to go on with.
            forget(number);
            opening.completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "transactions cannot be loaded; this is tried again", e);
            failed();
            opening.completeExceptionally(e);
        }
    }

    private synchronized void failed() {
        if (state instanceof Opened) {
            state = new Failed();
            CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS, blocking)
                    .execute(this::retry);
        }
    }

    private synchronized void retry() {
        if (state instanceof Failed) {
            var _ = begin(false);
        }
    }

    /// Its topic is gone.
    private void end(int number, TransactionCoordinator coordinator) {
        if (forget(number)) {
            LOG.log(Level.WARNING, StateTopic.NAME + " was deleted: transactional ids are forgotten");
            coordinator.end();
        }
    }

    private synchronized boolean forget(int number) {
        boolean isCurrent = isCurrent(number);
        if (isCurrent) {
            state = new NotOpened();
        }
        return isCurrent;
    }

    private synchronized boolean isCurrent(int number) {
        return state instanceof Opened(var current, var _) && current == number;
    }

    private void tickLater(int number, TransactionCoordinator coordinator) {
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, executor).execute(() -> tick(number, coordinator));
    }

    private void tick(int number, TransactionCoordinator coordinator) {
        if (!isCurrent(number)) {
            return;
        }
        try {
            coordinator.tick(() -> configs.millis(EXPIRATION, IDLE));
        } finally {
            tickLater(number, coordinator);
        }
    }

    /// Whoever waits for an answer is told that there is no coordinator any more. What has not been
    /// confirmed may be there or not.
    @Override
    public void close() {
        synchronized (this) {
            state = new Closed();
        }
        session.close();
    }
}
