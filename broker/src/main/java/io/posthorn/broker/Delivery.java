package io.posthorn.broker;

/// One message on its way to one consumer.
///
/// @param deliveryId names the delivery within the queue, for settling
/// @param redelivered whether it may have been delivered before
/// @param deliveryCount how often it was delivered before and came back
/// @param message without `moreRoutingKeys`; `attributes` are empty: the protocol reads its own headers
/// @param remaining ready messages behind it; only for a get, otherwise -1
/// @param streamOffset its place in a stream; negative where the queue is none
public record Delivery(
        QueueHandle queue,
        long deliveryId,
        boolean redelivered,
        int deliveryCount,
        Message message,
        long remaining,
        long streamOffset) {
    private static final long NO_STREAM = -1;

    /// Not from a stream.
    public Delivery(
            QueueHandle queue,
            long deliveryId,
            boolean redelivered,
            int deliveryCount,
            Message message,
            long remaining) {
        this(queue, deliveryId, redelivered, deliveryCount, message, remaining, NO_STREAM);
    }
}
