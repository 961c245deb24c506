package io.posthorn.events.spi;

import io.posthorn.events.Capability;
import io.posthorn.events.Position;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.Retention;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A way to a broker. Thread-safe; calls block until they are answered, but for [#publish] and settling. Every
/// method throws an [io.posthorn.events.EventsException].
public interface Link extends AutoCloseable {
    /// The header of what comes from a stream that has its place there, as a decimal number.
    String POSITION = "x-stream-offset";

    /// For people: `RabbitMQ 3.10.8 at localhost:5672`.
    String server();

    /// May take long: a server may have to be asked.
    Set<Capability> capabilities();

    /// Whether one of [#capabilities] is among them.
    default boolean can(Capability capability) {
        return capabilities().contains(capability);
    }

    /// The broker's time.
    InstantSource clock();

    /// Creates the queue, or checks that there is an equivalent one.
    void declareQueue(String name, QueueOptions options);

    /// Creates a queue that is this link's alone, keeps nothing, and goes with the link.
    void declareTemporaryQueue(String name);

    /// Creates a queue that keeps what is taken out of it, or checks that there is one.
    void declareStream(String name, Retention retention);

    /// Deletes a queue with what is in it; there need not be one.
    void deleteQueue(String name);

    /// Creates a durable topic exchange, unless it is there.
    void declareTopicExchange(String name);

    /// Has an exchange put what matches into a queue.
    ///
    /// @param pattern words between dots; `*` is one word, `#` any number of them
    void bind(String queue, String exchange, String pattern);

    /// Ends what [#bind] began.
    void unbind(String queue, String exchange, String pattern);

    /// Publishes in order. Waits only while the broker cannot take more.
    ///
    /// @return completes when every message is durable in its queue, or with what kept one of them out
    CompletionStage<Void> publish(List<Outgoing> messages);

    /// Takes one message out, if there is one now.
    Optional<Incoming> get(String queue);

    /// Has messages delivered.
    ///
    /// @param prefetch how many unsettled ones at most
    /// @param sink must return at once; called in the order of delivery
    Intake consume(String queue, int prefetch, Consumer<Incoming> sink);

    /// Has messages of a stream delivered, from there on. Their header [#POSITION] tells where they are; settling them
    /// makes room for others.
    Intake consume(String stream, Position from, int prefetch, Consumer<Incoming> sink);

    /// What was settled goes to the broker now, in place of soon.
    default void flush() {}

    /// Messages that wait.
    long length(String queue);

    /// Removes messages that wait.
    ///
    /// @return how many there were
    long purge(String queue);

    /// The oldest messages that wait, settled by nobody.
    List<Incoming> peek(String queue, int most);

    /// Removes one message that waits in the queue.
    ///
    /// @return whether it was there
    /// @throws io.posthorn.events.EventsException.Unsupported ([Capability#REMOVE])
    boolean remove(String queue, String id);

    /// What is delayed at the moment on its way to this exchange.
    ///
    /// @throws io.posthorn.events.EventsException.Unsupported ([Capability#SCHEDULES])
    List<Delayed> delayed(String exchange);

    /// Takes out one that is delayed.
    ///
    /// @return whether it was there
    /// @throws io.posthorn.events.EventsException.Unsupported ([Capability#SCHEDULES])
    boolean cancel(String exchange, Delayed delayed);

    /// Runs a task on a virtual thread of its own, when so much of the broker's time has passed.
    default void after(Duration wait, Runnable task) {
        CompletableFuture.delayedExecutor(
                        TimeUnit.NANOSECONDS.convert(wait),
                        TimeUnit.NANOSECONDS,
                        later -> Thread.ofVirtual().name("later").start(later))
                .execute(task);
    }

    /// Ends a wait of the application's, when so much of the broker's time has passed.
    ///
    /// @param over short; never waits
    /// @return takes it back; what was taken back may still run once
    default Runnable patience(Duration wait, Runnable over) {
        var timer = ForkJoinPool.commonPool().schedule(over, TimeUnit.NANOSECONDS.convert(wait), TimeUnit.NANOSECONDS);
        return () -> timer.cancel(false);
    }

    @Override
    void close();

    /// A message that is delayed.
    ///
    /// @param id names it where it waits
    /// @param due when it goes on
    record Delayed(long id, String routingKey, Instant due) {}

    /// Deliveries that go on.
    interface Intake {
        /// No more deliveries when this returns. What was delivered is still to be settled.
        void stop();
    }
}
