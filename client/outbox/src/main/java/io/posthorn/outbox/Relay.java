package io.posthorn.outbox;

import io.posthorn.events.EventBus;
import io.posthorn.events.EventsException;
import io.posthorn.events.Retry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Brings what is committed in the outbox to the bus, oldest first, and removes it there when it is durable here. One
/// round at a time, on the thread of whoever asks for it.
final class Relay {
    private static final Logger LOG = System.getLogger(Relay.class.getName());
    private static final int PAGE = 200;

    private final Transactions transactions;
    private final EventBus bus;
    private final Lease lease;
    private final Retry retry;
    private final InstantSource clock;

    /// Held by the round that runs.
    private final ReentrantLock turn = new ReentrantLock();

    private boolean mayHoldLease; // guarded by the turn
    private volatile boolean isStopped;

    Relay(Transactions transactions, EventBus bus, Lease lease, Retry retry, InstantSource clock) {
        this.transactions = transactions;
        this.bus = bus;
        this.lease = lease;
        this.retry = retry;
        this.clock = clock;
    }

    /// Publishes what is due, if this instance is the one that relays.
    ///
    /// @return how many events left the outbox
    int round() throws Exception {
        turn.lock();
        try {
            return new Round().run();
        } finally {
            turn.unlock();
        }
    }

    /// A round that runs ends what it has begun to publish, and begins no more; there is no other one.
    void stop() {
        isStopped = true;
    }

    boolean isStopped() {
        return isStopped;
    }

    /// Whether it is called from within a round: by the bus, while it publishes.
    boolean isInItsOwnRound() {
        return turn.isHeldByCurrentThread();
    }

    /// Waits for the round that runs, and lets another instance take over at once.
    void end() {
        turn.lock();
        try {
            if (mayHoldLease) {
                mayHoldLease = false;
                transactions.run(lease::letGo);
            }
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "the lease runs out by itself: {0}", e.getMessage());
        } finally {
            turn.unlock();
        }
    }

    /// From the oldest to the newest, once.
    private final class Round {
        /// Subjects of which an event waits for its next attempt: those behind it wait, too.
        private final Set<String> waiting = new HashSet<>();

        private int relayed;

        int run() throws Exception {
            List<OutboxEntry> page = dueBehind(0);
            while (!page.isEmpty() && publishPage(page)) {
                page = dueBehind(page.getLast().id());
            }
            return relayed;
        }

        /// Nothing where another instance has the lease.
        private List<OutboxEntry> dueBehind(long id) throws Exception {
            if (isStopped) {
                return List.of();
            }
            mayHoldLease = true;
            long now = clock.millis();
            return transactions.run(connection ->
                    lease.hold(connection, now) ? Rows.dueBehind(connection, id, now, PAGE) : List.<OutboxEntry>of());
        }

        /// @return whether to go on
        private boolean publishPage(List<OutboxEntry> page) throws Exception {
            var left = new ArrayList<>(page);
            while (!left.isEmpty()) {
                List<OutboxEntry> batch = nextOf(left);
                if (!batch.isEmpty() && (isStopped || !publish(batch))) {
                    return false;
                }
            }
            return true;
        }

        /// The next of each subject: until it is known whether the broker has taken it, none behind it may be on its
        /// way. And all that have no subject.
        private List<OutboxEntry> nextOf(List<OutboxEntry> left) {
            var batch = new ArrayList<OutboxEntry>();
            var behind = new ArrayList<OutboxEntry>();
            var subjects = new HashSet<String>();
            for (OutboxEntry entry : left) {
                String subject = entry.event().subject();
                if (isHeldUp(entry)) {
                    holdUp(subject);
                } else if (subject == null || subjects.add(subject)) {
                    batch.add(entry);
                } else {
                    behind.add(entry);
                }
            }
            left.clear();
            left.addAll(behind);
            return batch;
        }

        private boolean isHeldUp(OutboxEntry entry) {
            String subject = entry.event().subject();
            return (subject != null && waiting.contains(subject))
                    || entry.nextAttempt().toEpochMilli() > clock.millis();
        }

        private void holdUp(@Nullable String subject) {
            if (subject != null) {
                waiting.add(subject);
            }
        }

        /// All at once, since one wait for the broker's disk serves them all; one by one when that failed, to
        /// find out which of them it was. What was published by the first try and is again by the second has
        /// the same id.
        ///
        /// @return whether to go on
        private boolean publish(List<OutboxEntry> batch) throws Exception {
            RuntimeException why = refusal(batch);
            if (why == null) {
                return remove(batch);
            }
            if (batch.size() == 1) {
                return failed(batch.getFirst(), why);
            }
            if (!transactions.run(connection -> lease.renew(connection, clock.millis()))) {
                return false;
            }
            for (OutboxEntry entry : batch) {
                if (isStopped || !publish(List.of(entry))) {
                    return false;
                }
            }
            return true;
        }

        /// Why the bus did not take them. Whatever it throws is of the events, but for a broker that is away: then
        /// nothing is counted against them.
        private @Nullable RuntimeException refusal(List<OutboxEntry> batch) {
            try {
                bus.publishEncoded(batch.stream().map(OutboxEntry::event).toList());
                return null;
            } catch (EventsException.Unreachable | EventsException.Closed away) {
                throw away;
            } catch (RuntimeException refused) {
                return refused;
            }
        }

        /// What is published is removed, whoever has the lease now.
        ///
        /// @return whether it is still this instance that relays
        private boolean remove(List<OutboxEntry> published) throws Exception {
            boolean isOurs = transactions.run(connection -> {
                boolean renewed = lease.renew(connection, clock.millis());
                Rows.delete(connection, published);
                return renewed;
            });
            relayed += published.size();
            return isOurs;
        }

        /// Where another has taken over, the attempt is not counted: it has made its own.
        ///
        /// @return whether it is still this instance that relays
        private boolean failed(OutboxEntry entry, RuntimeException why) throws Exception {
            int attempt = entry.attempts() + 1;
            boolean parked = !retry.goesOnAfter(attempt);
            Duration wait = retry.waitAfter(attempt, ThreadLocalRandom.current());
            String reason = why instanceof EventsException ? String.valueOf(why.getMessage()) : why.toString();
            LOG.log(
                    Level.WARNING,
                    "attempt {0} at publishing event {1} failed{2}: {3}",
                    attempt,
                    entry.event().id(),
                    parked ? ", and it is parked" : "",
                    reason);
            holdUp(entry.event().subject());
            return transactions.run(connection -> {
                boolean renewed = lease.renew(connection, clock.millis());
                if (renewed) {
                    Rows.failed(connection, entry.id(), clock.millis() + wait.toMillis(), parked, reason);
                }
                return renewed;
            });
        }
    }
}
