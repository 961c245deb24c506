package io.posthorn.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Brings events from whoever publishes them to whoever has subscribed, by what they are and by their topic.
///
/// ```java
/// sealed interface OrderEvent permits OrderPlaced, OrderPaid {}
/// record OrderPlaced(long id) implements OrderEvent {}
/// record OrderPaid(long id) implements OrderEvent {}
///
/// bus.subscribe(OrderEvent.class, (event, context) -> {
///     switch (event) {
///         case OrderPlaced placed -> reserve(placed);
///         case OrderPaid paid -> ship(paid);
///     }
/// });
/// bus.publish(new OrderPlaced(42));
/// ```
public interface EventBus {
    /// Publishes an event by what it is. Returns when every durable subscription has it durable. An event that nobody
    /// has subscribed to is gone.
    default Receipt publish(Object event) {
        return publish(event, Publish.NORMALLY);
    }

    /// Publishes an event. Returns when every durable subscription has it durable.
    ///
    /// @throws EventsException.Refused when a queue is full or the broker cannot keep it
    /// @throws EventsException.BadMessage when it cannot be encoded
    /// @throws EventsException.Unreachable when the broker does not answer: it may have been published, or not
    Receipt publish(Object event, Publish how);

    /// Publishes events in this order, and waits once. When it throws, some may have been published.
    ///
    /// @param how for all of them; its id, if any, gets the place behind it: `id-0`
    default List<Receipt> publishAll(Collection<?> events, Publish how) {
        var encoded = new ArrayList<EncodedEvent>(events.size());
        var receipts = new ArrayList<Receipt>(events.size());
        for (Object event : events) {
            EncodedEvent ready = encode(event, how.id() == null ? how : how.id(how.id() + "-" + encoded.size()));
            encoded.add(ready);
            receipts.add(new Receipt(ready.id()));
        }
        publishEncoded(encoded);
        return List.copyOf(receipts);
    }

    /// Publishes events by what they are, in this order, and waits once.
    default List<Receipt> publishAll(Collection<?> events) {
        return publishAll(events, Publish.NORMALLY);
    }

    /// Makes an event ready to be sent, and does not send it.
    ///
    /// @throws EventsException.BadMessage when it cannot be encoded
    /// @throws IllegalArgumentException for an id of more than 255 bytes and a delay of more than a hundred years
    EncodedEvent encode(Object event, Publish how);

    /// Publishes events that were made ready before, in this order. Returns when every durable subscription has all
    /// of them durable. When it throws, some may have been published.
    void publishEncoded(List<EncodedEvent> events);

    /// Every event of this type or a subtype that is published from now on, as long as the subscription is open.
    default <T> Subscription subscribe(Class<T> type, EventHandler<? super T> handler) {
        return subscribe(Subscribe.to(type), handler);
    }

    /// A durable subscription that exists takes what is wanted now beside what it took before, until it is
    /// cancelled.
    <T> Subscription subscribe(Subscribe<T> wanted, EventHandler<? super T> handler);

    /// Publishes an event and waits for the first answer ([EventContext#reply]).
    ///
    /// @throws EventsException.Refused when nobody has subscribed to it
    /// @throws EventsException.NoAnswer when none came in time
    default <R> R request(Object event, Class<R> answer, Duration patience) {
        return request(event, Publish.NORMALLY, answer, patience);
    }

    /// Publishes an event and waits for the first answer.
    ///
    /// @param answer what it is, for the codec
    /// @param patience how long to wait for it
    /// @throws EventsException.Refused when nobody has subscribed to it
    /// @throws EventsException.NoAnswer when none came in time, or the thread was interrupted
    /// @throws EventsException.BadMessage when the answer cannot be decoded
    <R> R request(Object event, Publish how, Class<R> answer, Duration patience);

    /// The names of event types, which stand for them outside of this program.
    EventTypes types();
}
