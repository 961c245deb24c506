package io.posthorn.console.v1;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.admin.Actor;
import io.posthorn.console.Inquiry;
import io.posthorn.console.SessionThread;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A session for work of many steps. Its one caller waits for each of them before the next.
final class Work implements SessionListener, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SessionThread io = new SessionThread();
    private final BrokerSession session;
    private volatile CompletableFuture<?> step = new CompletableFuture<>();
    private volatile @Nullable BrokerException end;

    /// @throws BrokerException when the user may not, or there is no such virtual host
    Work(Broker broker, Actor by, String virtualHost) throws TimeoutException {
        var spec = new SessionSpec("console " + by.from(), by.principal(), virtualHost, io);
        try {
            session = await(on(future -> future.complete(broker.open(spec, this))));
        } catch (BrokerException | TimeoutException refused) {
            io.close();
            throw refused;
        }
    }

    /// @throws BrokerException as the broker answers
    <T> T ask(Inquiry.Question<T> question) throws TimeoutException {
        return await(on(future -> question.ask(session, Reply.to(future))));
    }

    /// Does something on the session's thread, which answers by completing the future, then or later.
    private <T> CompletableFuture<T> on(Consumer<CompletableFuture<T>> question) {
        var future = new CompletableFuture<T>();
        step = future;
        BrokerException over = end;
        if (over != null) {
            future.completeExceptionally(over);
        }
        io.execute(() -> {
            try {
                question.accept(future);
            } catch (RuntimeException failure) {
                future.completeExceptionally(failure);
            }
        });
        return future;
    }

    private static <T> T await(CompletableFuture<T> future) throws TimeoutException {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException refused ? refused : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimeoutException();
        }
    }

    @Override
    public void alarms(Set<Alarm> on) {} // who publishes asks the broker

    @Override
    public void acceptsPublishes(boolean open) {} // few messages are under way at once

    @Override
    public void ended(BrokerException cause) {
        end = cause;
        step.completeExceptionally(cause);
    }

    @Override
    public void close() {
        io.execute(session::close);
        io.close();
    }
}
