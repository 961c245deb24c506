package io.posthorn.events.runtime;

import io.posthorn.events.EventsException;
import io.posthorn.events.spi.Incoming;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Requests that wait for their answers, which come to one queue of ours. Thread-safe.
final class Requests {
    private static final int PREFETCH = 1_000;

    private final PosthornRuntime runtime;
    private final Map<String, CompletableFuture<Optional<byte[]>>> waiting = new ConcurrentHashMap<>();
    private @Nullable String queue;

    Requests(PosthornRuntime runtime) {
        this.runtime = runtime;
    }

    /// @param send takes the correlation id and where answers are to go
    byte[] ask(Duration patience, String what, BiConsumer<String, String> send) {
        String id = UUID.randomUUID().toString();
        var answer = new CompletableFuture<Optional<byte[]>>(); // empty: the time is up
        waiting.put(id, answer);
        Runnable call = runtime.pending().add(() -> answer.completeExceptionally(runtime.closedAlready()));
        Runnable timer = () -> {};
        try {
            send.accept(id, replyQueue());
            timer = runtime.link().patience(patience, () -> answer.complete(Optional.empty()));
            return answer.get()
                    .orElseThrow(() -> new EventsException.NoAnswer(
                            "nobody answered the request '" + what + "' within " + patience));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EventsException.NoAnswer("interrupted while waiting for the answer to '" + what + "'");
        } catch (ExecutionException closed) {
            throw runtime.closedAlready();
        } finally {
            call.run();
            timer.run();
            waiting.remove(id);
        }
    }

    private synchronized String replyQueue() {
        if (queue == null) {
            String name = "posthorn.replies." + UUID.randomUUID();
            runtime.link().declareTemporaryQueue(name);
            try {
                runtime.link().consume(name, PREFETCH, this::came);
            } catch (RuntimeException e) {
                runtime.deleteAfter(e, name);
                throw e;
            }
            queue = name;
        }
        return queue;
    }

    private void came(Incoming incoming) {
        String id = incoming.conversation().correlationId();
        CompletableFuture<Optional<byte[]>> answer = id == null ? null : waiting.remove(id);
        if (answer != null) {
            answer.complete(Optional.of(incoming.body()));
        }
        incoming.settlement().settle(Incoming.Outcome.ACK);
    }
}
