package io.posthorn.console;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Waits for the answer to a question that is told to a [Reply]. For virtual threads.
public final class Answers {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Answers() {}

    /// @throws BrokerException as the broker answers
    /// @throws TimeoutException when it does not
    public static <T> T await(Consumer<Reply<T>> question) throws TimeoutException {
        var answer = new CompletableFuture<T>();
        question.accept(Reply.to(answer));
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof BrokerException refused ? refused : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimeoutException();
        }
    }
}
