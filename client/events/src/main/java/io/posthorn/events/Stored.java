package io.posthorn.events;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A message that somebody looks at while it waits. Immutable.
///
/// One that cannot be decoded is shown, too, so that it hides no other: it has an envelope and no value.
///
/// @param <T> what the messages of the queue are
public final class Stored<T> {
    private final @Nullable T decoded;
    private final Envelope envelope;
    private final EventsException.@Nullable BadMessage broken;

    private Stored(@Nullable T decoded, Envelope envelope, EventsException.@Nullable BadMessage broken) {
        this.decoded = decoded;
        this.envelope = envelope;
        this.broken = broken;
    }

    /// A message with its value.
    public static <T> Stored<T> of(T value, Envelope envelope) {
        return new Stored<>(value, envelope, null);
    }

    /// A message without one.
    ///
    /// @param why what the codec said
    public static <T> Stored<T> broken(EventsException.BadMessage why, Envelope envelope) {
        return new Stored<>(null, envelope, why);
    }

    /// What it says.
    ///
    /// @throws EventsException.BadMessage when it cannot be decoded, as [#whyBroken] tells before
    public T value() {
        if (broken != null) {
            throw broken;
        }
        return Objects.requireNonNull(decoded);
    }

    /// Everything else that is said of the message.
    public Envelope envelope() {
        return envelope;
    }

    /// Why it cannot be decoded; empty when it can. Whoever takes such a message out has it dead-lettered; its
    /// bytes are shown by the same queue opened for `byte[]`.
    public Optional<EventsException.BadMessage> whyBroken() {
        return Optional.ofNullable(broken);
    }

    @Override
    public String toString() {
        return broken == null ? "Stored[" + decoded + ", " + envelope + "]" : "Stored[broken, " + envelope + "]";
    }
}
