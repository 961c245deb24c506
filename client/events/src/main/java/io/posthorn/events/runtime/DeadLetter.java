package io.posthorn.events.runtime;

import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Outcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A message on its way to the dead letters, with the cause. It leaves its queue when it is durable there; without
/// such a queue it is dropped.
record DeadLetter(PosthornRuntime runtime, @Nullable String queue, Incoming incoming) {
    private static final int LONGEST_REASON = 1_000;

    void send(Throwable cause) {
        send(cause.getClass().getSimpleName(), String.valueOf(cause.getMessage()));
    }

    void send(String kind, String reason) {
        if (queue == null) {
            incoming.settlement().settle(Outcome.ACK);
            return;
        }
        var headers = new LinkedHashMap<>(incoming.headers());
        headers.put(Headers.ERROR_TYPE, kind);
        headers.put(Headers.ERROR, reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason);
        headers.put(Headers.QUEUE, incoming.queue());
        headers.put(Headers.ATTEMPTS, String.valueOf(LinkedDelivery.attempt(incoming)));
        try {
            Waiting.on(runtime.link().publish(List.of(incoming.again(Address.queue(queue), Duration.ZERO, headers))));
            incoming.settlement().settle(Outcome.ACK);
        } catch (RuntimeException e) {
            incoming.settlement().settle(Outcome.REQUEUE);
            throw e;
        }
    }
}
