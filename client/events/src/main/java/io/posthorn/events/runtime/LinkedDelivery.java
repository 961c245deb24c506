package io.posthorn.events.runtime;

import io.posthorn.events.Capability;
import io.posthorn.events.Delivery;
import io.posthorn.events.Envelope;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Outcome;
import io.posthorn.events.spi.Outgoing;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A message that was taken out. Settled once; what comes later has no effect.
final class LinkedDelivery<T> implements Delivery<T> {
    private final PosthornRuntime runtime;
    private final @Nullable String deadLetters;
    private final Incoming incoming;
    private final T value;
    private final @Nullable Address home;
    private final AtomicBoolean settled = new AtomicBoolean();

    LinkedDelivery(PosthornRuntime runtime, @Nullable String deadLetters, Incoming incoming, T value) {
        this(runtime, deadLetters, incoming, value, null);
    }

    /// @param home where it goes for its next attempt; null for its queue by name
    LinkedDelivery(
            PosthornRuntime runtime, @Nullable String deadLetters, Incoming incoming, T value, @Nullable Address home) {
        this.runtime = runtime;
        this.deadLetters = deadLetters;
        this.incoming = incoming;
        this.value = value;
        this.home = home;
    }

    @Override
    public T value() {
        return value;
    }

    @Override
    public Envelope envelope() {
        return envelope(incoming);
    }

    static Envelope envelope(Incoming incoming) {
        return new Envelope(
                incoming.id(),
                incoming.timestamp() < 0 ? null : Instant.ofEpochMilli(incoming.timestamp()),
                incoming.contentType(),
                incoming.key(),
                incoming.priority(),
                incoming.headers(),
                incoming.redelivered());
    }

    @Override
    public int attempt() {
        return attempt(incoming);
    }

    /// Handlers that failed count, and whoever took it out and went away.
    static int attempt(Incoming incoming) {
        return 1 + failed(incoming.headers().get(Headers.ATTEMPTS)) + incoming.deliveryCount();
    }

    private static int failed(@Nullable String attempts) {
        boolean isNumber = attempts != null
                && !attempts.isEmpty()
                && attempts.length() < 10
                && attempts.chars().allMatch(Character::isDigit);
        return isNumber ? Integer.parseInt(attempts) : 0;
    }

    @Override
    public void ack() {
        settle(Outcome.ACK);
    }

    @Override
    public void nack() {
        settle(Outcome.REQUEUE);
    }

    private void settle(Outcome outcome) {
        if (settled.compareAndSet(false, true)) {
            incoming.settlement().settle(outcome);
        }
    }

    /// The copy is durable before this one goes, so that a crash in between makes two, and never none.
    @Override
    public void retryAfter(Duration delay) {
        if (!delay.isZero()) {
            runtime.require(Capability.DELAY);
        }
        Outgoing again = Copy.of(
                incoming,
                home == null ? Address.queue(incoming.queue()) : home,
                delay,
                Map.of(Headers.ATTEMPTS, String.valueOf(attempt())));
        if (!settled.compareAndSet(false, true)) {
            return;
        }
        try {
            Waiting.on(runtime.link().publish(List.of(again)));
            incoming.settlement().settle(Outcome.ACK);
        } catch (RuntimeException e) {
            settled.set(false); // whoever has it says what becomes of it
            throw e;
        }
    }

    /// The same delivery for the next attempt, here and now.
    Incoming onceMore() {
        Map<String, String> headers = new LinkedHashMap<>(incoming.headers());
        headers.put(Headers.ATTEMPTS, String.valueOf(attempt() - incoming.deliveryCount()));
        return incoming.with(headers);
    }

    @Nullable
    String key() {
        return incoming.key();
    }

    boolean isSettled() {
        return settled.get();
    }

    @Override
    public void reject(String reason) {
        reject(DeadLetter.REJECTED, reason);
    }

    void reject(String kind, String reason) {
        if (!settled.compareAndSet(false, true)) {
            return;
        }
        try {
            new DeadLetter(runtime, deadLetters, incoming).send(kind, reason);
        } catch (RuntimeException e) {
            settled.set(false);
            throw e;
        }
    }

    @Override
    public void close() {
        nack();
    }
}
