package io.posthorn.events;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A queue: whoever takes a message out works on it alone.
///
/// @param <T> what its messages are
public interface Queue<T> {
    /// As it was given to [Posthorn#queue].
    String name();

    /// Puts a message in. Returns when it is durable, or in memory where the broker keeps nothing.
    ///
    /// @throws EventsException.Refused when the queue is full or the broker cannot keep it; then it is not in
    default Receipt enqueue(T value) {
        return enqueue(value, Send.NORMALLY);
    }

    /// Puts a message in, and says how it is to be sent.
    ///
    /// @throws EventsException.Refused when the queue is full or the broker cannot keep it; then it is not in
    /// @throws EventsException.BadMessage when the value cannot be encoded
    /// @throws EventsException.Unsupported for a delay, when the broker cannot ([Capability#DELAY])
    Receipt enqueue(T value, Send send);

    /// Puts messages in, in this order, and waits once. When it throws, some may be in.
    ///
    /// @param send for all of them; its id, if any, gets the place behind it: `id-0`
    List<Receipt> enqueueAll(Collection<? extends T> values, Send send);

    /// Puts messages in, in this order, and waits once. When it throws, some may be in.
    default List<Receipt> enqueueAll(Collection<? extends T> values) {
        return enqueueAll(values, Send.NORMALLY);
    }

    /// Takes the next message out, if there is one now.
    ///
    /// @throws EventsException.BadMessage when it cannot be decoded; it has been dead-lettered then
    default Optional<Delivery<T>> dequeue() {
        return dequeue(Duration.ZERO);
    }

    /// Takes the next message out, and waits for one.
    ///
    /// @throws EventsException.BadMessage when it cannot be decoded; it has been dead-lettered then
    Optional<Delivery<T>> dequeue(Duration wait);

    /// How many messages wait to be taken out.
    long length();

    /// Looks at the oldest messages without taking them out. One that cannot be decoded is among them, and says why
    /// ([Stored#whyBroken]).
    ///
    /// @throws EventsException.Unsupported when the broker cannot ([Capability#PEEK])
    List<Stored<T>> peek(int most);

    /// Removes one message that waits. It is looked for from the oldest on.
    ///
    /// @param id as [Receipt] tells it
    /// @return whether it was there
    /// @throws EventsException.Unsupported when the broker cannot ([Capability#REMOVE])
    boolean remove(String id);

    /// Removes the messages that wait. @return how many
    long purge();

    /// Deletes the queue with everything in it.
    void delete();

    /// Has a handler take out and work on messages until the worker is closed.
    default Worker consume(Handler<? super T> handler) {
        return consume(handler, WorkOptions.oneAtATime());
    }

    /// Has a handler work on messages, on virtual threads, until the worker or the broker is closed.
    Worker consume(Handler<? super T> handler, WorkOptions options);
}
