package io.posthorn.events;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a queue is made with. Immutable.
///
/// @param durable whether it, and what is in it, survives a restart of the broker
/// @param priorities the highest priority that counts, in [Order#PRIORITY]
/// @param deadLetters the queue that gets what is rejected, expires, or fails too often
/// @param expiry how long a message can be taken out; null for ever
/// @param maxLength how many messages may wait; negative for as many as there is room for
/// @param deduplicateFor how long an id is remembered; null when ids do not matter
/// @param deduplicateMost how many ids are remembered
/// @param fairLimit how many messages of one key ([Send#key]) may be worked on at once; 0 for any number
public record QueueOptions(
        boolean durable,
        Order order,
        int priorities,
        @Nullable String deadLetters,
        @Nullable Duration expiry,
        long maxLength,
        Overflow overflow,
        @Nullable Duration deduplicateFor,
        int deduplicateMost,
        int fairLimit) {
    private static final Duration LONGEST = Duration.ofDays(100 * 365);

    /// Refuses what makes no sense.
    ///
    /// @throws IllegalArgumentException for a time that is negative or longer than a hundred years
    public QueueOptions {
        check("an expiry", expiry);
        check("the time for which ids are remembered", deduplicateFor);
    }

    private static void check(String what, @Nullable Duration time) {
        if (time != null && (time.isNegative() || time.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException(what + " is of nought to a hundred years, and not " + time);
        }
    }

    /// In which order messages are taken out.
    public enum Order {
        /// First in, first out.
        FIFO,

        /// Last in, first out ([Capability#LIFO]).
        LIFO,

        /// The highest priority first.
        PRIORITY
    }

    /// What happens when a queue is full.
    public enum Overflow {
        /// What is enqueued is refused.
        REFUSE,
        /// The oldest message goes to the dead letters, or is dropped where there is no such queue.
        DROP_OLDEST
    }

    private static QueueOptions of(Order order, int priorities) {
        return new QueueOptions(true, order, priorities, null, null, -1, Overflow.REFUSE, null, 0, 0);
    }

    /// First in, first out.
    public static QueueOptions fifo() {
        return of(Order.FIFO, 0);
    }

    /// Last in, first out.
    public static QueueOptions lifo() {
        return of(Order.LIFO, 0);
    }

    /// The highest priority first, and among equals first in, first out.
    ///
    /// @param highest 1 to 255
    public static QueueOptions priority(int highest) {
        if (highest < 1 || highest > 255) {
            throw new IllegalArgumentException("the highest priority is from 1 to 255, not " + highest);
        }
        return of(Order.PRIORITY, highest);
    }

    /// Gone with a restart of the broker, and faster.
    public QueueOptions transientOnly() {
        return new QueueOptions(
                false,
                order,
                priorities,
                deadLetters,
                expiry,
                maxLength,
                overflow,
                deduplicateFor,
                deduplicateMost,
                fairLimit);
    }

    /// Without this, what fails goes to a queue of the same name with `.dead` behind it.
    public QueueOptions deadLetters(String queue) {
        return new QueueOptions(
                durable,
                order,
                priorities,
                queue,
                expiry,
                maxLength,
                overflow,
                deduplicateFor,
                deduplicateMost,
                fairLimit);
    }

    /// Messages that nobody has taken out by then go to the dead letters; in milliseconds.
    public QueueOptions expiry(Duration life) {
        return new QueueOptions(
                durable,
                order,
                priorities,
                deadLetters,
                life,
                maxLength,
                overflow,
                deduplicateFor,
                deduplicateMost,
                fairLimit);
    }

    /// No more than so many messages wait at once.
    public QueueOptions maxLength(long most, Overflow whenFull) {
        return new QueueOptions(
                durable,
                order,
                priorities,
                deadLetters,
                expiry,
                most,
                whenFull,
                deduplicateFor,
                deduplicateMost,
                fairLimit);
    }

    /// A message whose id ([Send#id]) came before, within this time and among so many, counts as enqueued and is
    /// kept out.
    public QueueOptions deduplicate(Duration window, int most) {
        return new QueueOptions(
                durable, order, priorities, deadLetters, expiry, maxLength, overflow, window, most, fairLimit);
    }

    /// Keys take turns, and of one key no more messages are worked on at once ([Capability#FAIRNESS]).
    public QueueOptions fair(int mostOfOneKey) {
        return new QueueOptions(
                durable,
                order,
                priorities,
                deadLetters,
                expiry,
                maxLength,
                overflow,
                deduplicateFor,
                deduplicateMost,
                mostOfOneKey);
    }
}
