package io.posthorn.events.runtime;

import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message on its way to the dead letters, with the cause. It leaves its queue when it is durable there; without
/// such a queue it is dropped. What cannot be written stays with whoever has it.
record DeadLetter(PosthornRuntime runtime, @Nullable String queue, Incoming incoming) {
    static final String REJECTED = "Rejected";
    private static final int LONGEST_REASON = 1_000;

    static String kind(Throwable cause) {
        return cause.getClass().getSimpleName();
    }

    static String reason(Throwable cause) {
        return String.valueOf(cause.getMessage());
    }

    void send(String kind, String reason) {
        if (queue != null) {
            Map<String, String> said = Map.of(
                    Headers.ERROR_TYPE,
                    kind,
                    Headers.ERROR,
                    reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason,
                    Headers.QUEUE,
                    incoming.queue(),
                    Headers.ATTEMPTS,
                    String.valueOf(LinkedDelivery.attempt(incoming)));
            Waiting.on(runtime.link().publish(List.of(Copy.of(incoming, Address.queue(queue), Duration.ZERO, said))));
        }
        incoming.settlement().settle(Outcome.ACK);
    }
}
