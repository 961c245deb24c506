package io.posthorn.events.runtime;

import io.posthorn.events.EventsException;
import io.posthorn.events.spi.Incoming;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Requests that wait for their answers, which come to one queue of ours. Thread-safe.
final class Requests {
    private static final int PREFETCH = 1_000;

    private final PosthornRuntime runtime;
    private final Map<String, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();
    private @Nullable String queue;

    Requests(PosthornRuntime runtime) {
        this.runtime = runtime;
    }

    /// @param send takes the correlation id and where answers are to go
    byte[] ask(Duration patience, String what, BiConsumer<String, String> send) {
        String id = UUID.randomUUID().toString();
        var answer = new CompletableFuture<byte[]>();
        waiting.put(id, answer);
        try {
            send.accept(id, replyQueue());
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new EventsException.NoAnswer("nobody answered the request '" + what + "' within " + patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EventsException.NoAnswer("interrupted while waiting for the answer to '" + what + "'");
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            waiting.remove(id);
        }
    }

    private synchronized String replyQueue() {
        if (queue == null) {
            String name = "posthorn.replies." + UUID.randomUUID();
            runtime.link().declareTemporaryQueue(name);
            runtime.link().consume(name, PREFETCH, this::came);
            queue = name;
        }
        return queue;
    }

    private void came(Incoming incoming) {
        String id = incoming.correlationId();
        CompletableFuture<byte[]> answer = id == null ? null : waiting.remove(id);
        if (answer != null) {
            answer.complete(incoming.body());
        }
        incoming.settlement().settle(Incoming.Outcome.ACK);
    }
}
