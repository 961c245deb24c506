package io.posthorn.events;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;

/// A broker, as an application uses it: in this process or behind a network, by the URI it was opened with.
///
/// ```java
/// try (var posthorn = Posthorn.open("file:./data")) {
///     Queue<Order> orders = posthorn.queue("orders", Order.class);
///     orders.enqueue(new Order(42, "tea"));
///     try (var delivery = orders.dequeue(Duration.ofSeconds(5)).orElseThrow()) {
///         ship(delivery.value());
///         delivery.ack();
///     }
/// }
/// ```
public interface Posthorn extends AutoCloseable {
    /// Opens the broker of this URI: `mem:` (in this process, gone with it), `file:DIRECTORY` (in this process,
    /// kept there), `amqp://user:password@host:port/vhost` (a Posthorn or RabbitMQ server).
    ///
    /// @throws EventsException.WrongUri when nothing on the class path serves it
    /// @throws EventsException.Unreachable when the broker cannot be opened or does not answer
    static Posthorn open(String uri) {
        return builder(uri).open();
    }

    /// For who has more to say than a URI: codecs, where events happen, a broker of their own.
    static PosthornBuilder builder(String uri) {
        return new PosthornBuilder(
                Objects.requireNonNull(uri, "a broker has a URI, and not null: mem: for one in memory"));
    }

    /// A first-in-first-out queue with the usual options.
    default <T> Queue<T> queue(String name, Class<T> type) {
        return queue(name, type, QueueOptions.fifo());
    }

    /// The queue of this name, created if there is none.
    ///
    /// @param type what its messages are, for the codec
    /// @throws EventsException.Incompatible when there is one with other options
    /// @throws EventsException.Unsupported when the broker cannot do what the options ask for
    <T> Queue<T> queue(String name, Class<T> type, QueueOptions options);

    /// The event bus of this broker: all who open the same broker share it.
    EventBus bus();

    /// The schedules of this broker. A program that asks for one, or looks at them, takes part in running them.
    Scheduler scheduler();

    /// Looks at a source from now on, and publishes what it finds, until it is closed, or this is. In this
    /// program: where several have the same source, each looks. After a failure it waits for a second, and
    /// longer each time, up to a minute.
    ///
    /// @param name for people
    default RunningSource source(String name, EventSource source) {
        return source(
                name,
                source,
                Retry.exponential(Duration.ofSeconds(1))
                        .most(Duration.ofMinutes(1))
                        .attempts(Integer.MAX_VALUE));
    }

    /// Looks at a source from now on, and backs off after failures as is said here.
    ///
    /// @param backOff how long to wait after looks that failed one after the other, and how many may
    RunningSource source(String name, EventSource source, Retry backOff);

    /// What this broker can do of all that the options may ask for.
    Set<Capability> capabilities();

    /// Stops in order: takes no more work, waits for handlers that run, gives back what none has begun, and closes.
    /// Until then those handlers may publish and ask as before. Calls that wait for a message or an answer
    /// end with [EventsException.Closed].
    ///
    /// @param drain how long to wait for handlers at most
    void close(Duration drain);

    /// Waits up to 30 seconds for handlers.
    @Override
    default void close() {
        close(Duration.ofSeconds(30));
    }
}
