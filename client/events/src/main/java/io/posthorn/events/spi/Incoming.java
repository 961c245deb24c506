package io.posthorn.events.spi;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message that came out of a queue.
///
/// @param routingKey what it was published with
/// @param id empty when it has none
/// @param timestamp milliseconds since the epoch; negative when it has none
/// @param deliveryCount how often it was delivered before and came back
/// @param settlement ends the delivery; for one that was only looked at it does nothing
@SuppressWarnings("ArrayRecordComponent") // never compared, and the bytes are the codec's
public record Incoming(
        String queue,
        String routingKey,
        String id,
        @Nullable String contentType,
        @Nullable String key,
        long timestamp,
        int priority,
        boolean redelivered,
        int deliveryCount,
        @Nullable String correlationId,
        @Nullable String replyTo,
        Map<String, String> headers,
        byte[] body,
        Settlement settlement) {
    /// The same message once more, for somewhere else.
    ///
    /// @param wait before it can be taken out
    public Outgoing again(Address to, Duration wait, Map<String, String> newHeaders) {
        return new Outgoing(
                to,
                new Content(id, contentType, key, timestamp, newHeaders, body),
                new Handling(true, priority, wait, null),
                new Conversation(correlationId, replyTo));
    }

    /// The same delivery, with something else said of it.
    public Incoming with(Map<String, String> newHeaders) {
        return new Incoming(
                queue,
                routingKey,
                id,
                contentType,
                key,
                timestamp,
                priority,
                redelivered,
                deliveryCount,
                correlationId,
                replyTo,
                newHeaders,
                body,
                settlement);
    }

    /// The same delivery, of what was found in its body.
    public Incoming containing(@Nullable String dataType, Map<String, String> newHeaders, byte[] data) {
        return new Incoming(
                queue,
                routingKey,
                id,
                dataType,
                key,
                timestamp,
                priority,
                redelivered,
                deliveryCount,
                correlationId,
                replyTo,
                newHeaders,
                data,
                settlement);
    }

    /// The same delivery, which somebody else ends.
    public Incoming settledBy(Settlement other) {
        return new Incoming(
                queue,
                routingKey,
                id,
                contentType,
                key,
                timestamp,
                priority,
                redelivered,
                deliveryCount,
                correlationId,
                replyTo,
                headers,
                body,
                other);
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
        void settle(Outcome outcome);
    }
}
