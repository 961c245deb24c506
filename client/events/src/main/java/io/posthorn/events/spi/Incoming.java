package io.posthorn.events.spi;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message that came out of a queue.
///
/// @param routingKey what it was published with
/// @param content its id is empty when it has none, its time negative
/// @param deliveryCount how often it was delivered before and came back
/// @param settlement ends the delivery; for one that was only looked at it does nothing
public record Incoming(
        String queue,
        String routingKey,
        Content content,
        Conversation conversation,
        int priority,
        boolean redelivered,
        int deliveryCount,
        Settlement settlement) {
    /// Empty when it has none.
    public String id() {
        return content.id();
    }

    /// How its body is encoded; null when nobody said.
    public @Nullable String contentType() {
        return content.contentType();
    }

    /// What it is about.
    public @Nullable String key() {
        return content.key();
    }

    /// Milliseconds since the epoch; negative when nobody said.
    public long timestamp() {
        return content.timestamp();
    }

    /// Texts by name.
    public Map<String, String> headers() {
        return content.headers();
    }

    /// As it came; not to be changed.
    public byte[] body() {
        return content.body();
    }

    /// The same message once more, for somewhere else.
    ///
    /// @param wait before it can be taken out
    public Outgoing again(Address to, Duration wait, Map<String, String> newHeaders) {
        return new Outgoing(
                to,
                content.containing(content.contentType(), newHeaders, content.body()),
                new Handling(true, priority, wait, null),
                conversation);
    }

    /// The same delivery, with something else said of it.
    public Incoming with(Map<String, String> newHeaders) {
        return containing(content.contentType(), newHeaders, content.body());
    }

    /// The same delivery, of what was found in its body.
    public Incoming containing(@Nullable String dataType, Map<String, String> newHeaders, byte[] data) {
        return new Incoming(
                queue,
                routingKey,
                content.containing(dataType, newHeaders, data),
                conversation,
                priority,
                redelivered,
                deliveryCount,
                settlement);
    }

    /// The same delivery, which somebody else ends.
    public Incoming settledBy(Settlement other) {
        return new Incoming(queue, routingKey, content, conversation, priority, redelivered, deliveryCount, other);
    }

    /// How a delivery ends.
    public enum Outcome {
        /// It leaves the queue.
        ACK,
        /// It returns to its place.
        REQUEUE
    }

    /// Collected and sent soon; never waits. Thread-safe; the first counts.
    @FunctionalInterface
    public interface Settlement {
        /// Ends the delivery.
        void settle(Outcome outcome);

        /// It waits for a time to come, in a handler's hands: until then nothing goes on with it.
        default void rests() {}

        /// It does not wait any more.
        default void goesOn() {}
    }
}
