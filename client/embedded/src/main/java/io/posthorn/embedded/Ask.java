package io.posthorn.embedded;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import io.posthorn.events.EventsException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// One question to the session, for a thread that waits.
final class Ask<T> implements Reply<T> {
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    @Override
    public void ok(T value) {
        answer.complete(value);
    }

    @Override
    public void failed(BrokerException cause) {
        answer.completeExceptionally(Failures.of(cause));
    }

    void ended(EventsException why) {
        answer.completeExceptionally(why);
    }

    T await() {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof EventsException failure ? failure : e;
        }
    }
}
