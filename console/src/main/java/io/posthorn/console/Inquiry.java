package io.posthorn.console;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Reply;
import io.posthorn.broker.SessionListener;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.admin.Actor;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One question to the broker through a session of its own, for a caller that can wait.
public final class Inquiry<T> implements Reply<T>, SessionListener {
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    private @Nullable BrokerSession session; // of the io thread

    private final Question<T> question;

    /// What is asked of the session; answered on its io thread.
    public interface Question<T> {
        void ask(BrokerSession session, Reply<T> reply);
    }

    private Inquiry(Question<T> question) {
        this.question = question;
    }

    /// @throws BrokerException as the broker answers
    /// @throws TimeoutException when it does not
    public static <T> T run(Broker broker, Actor by, String virtualHost, Duration patience, Question<T> question)
            throws TimeoutException {
        var query = new Inquiry<>(question);
        try (var io = new SessionThread()) {
            io.execute(() -> query.ask(broker, new SessionSpec(by.from(), by.principal(), virtualHost, io)));
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
            question.ask(session, this);
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private T await(Duration patience) throws TimeoutException {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException refused ? refused : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimeoutException();
        }
    }

    @Override
    public void ok(T value) {
        answer.complete(value);
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
}
