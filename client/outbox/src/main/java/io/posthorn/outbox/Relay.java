package io.posthorn.outbox;

import io.posthorn.events.EventBus;
import io.posthorn.events.EventsException;
import io.posthorn.events.Retry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Brings what is committed in the outbox to the bus, oldest first, and removes it there when it is durable here. One
/// round at a time.
final class Relay {
    private static final Logger LOG = System.getLogger(Relay.class.getName());
    private static final int PAGE = 200;

    private final Transactions transactions;
    private final EventBus bus;
    private final Lease lease;
    private final Retry retry;
    private final InstantSource clock;

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
        int relayed = 0;
        long last = 0;
        // Where one event of a subject waits for its next attempt, those behind it wait too.
        Set<String> waiting = new HashSet<>();
        while (transactions.run(connection -> lease.hold(connection, clock.millis()))) {
            long begin = last;
            List<OutboxEntry> page = transactions.run(connection -> Rows.behind(connection, begin, false, PAGE));
            if (page.isEmpty()) {
                break;
            }
            last = page.getLast().id();
            relayed += publish(due(page, waiting), waiting);
        }
        return relayed;
    }

    private List<OutboxEntry> due(List<OutboxEntry> page, Set<String> waiting) {
        var due = new ArrayList<OutboxEntry>();
        for (OutboxEntry entry : page) {
            String subject = entry.event().subject();
            if (subject != null && waiting.contains(subject)) {
                continue;
            }
            if (entry.nextAttempt().toEpochMilli() > clock.millis()) {
                hold(subject, waiting);
            } else {
                due.add(entry);
            }
        }
        return due;
    }

    private static void hold(@org.jspecify.annotations.Nullable String subject, Set<String> waiting) {
        if (subject != null) {
            waiting.add(subject);
        }
    }

    /// All at once, since one wait for the broker's disk serves them all; one by one when that failed, to find out
    /// which of them it was. What was published by the first try and is again by the second has the same id.
    private int publish(List<OutboxEntry> due, Set<String> waiting) throws Exception {
        if (due.isEmpty()) {
            return 0;
        }
        try {
            bus.publishEncoded(due.stream().map(OutboxEntry::event).toList());
            remove(due);
            return due.size();
        } catch (EventsException.Unreachable | EventsException.Closed away) {
            throw away; // it is not the events' fault: nothing is counted against them
        } catch (EventsException refused) {
            return publishOneByOne(due, waiting);
        }
    }

    private int publishOneByOne(List<OutboxEntry> due, Set<String> waiting) throws Exception {
        int published = 0;
        for (OutboxEntry entry : due) {
            String subject = entry.event().subject();
            if (subject != null && waiting.contains(subject)) {
                continue;
            }
            try {
                bus.publishEncoded(List.of(entry.event()));
                remove(List.of(entry));
                published++;
            } catch (EventsException.Unreachable | EventsException.Closed away) {
                throw away;
            } catch (EventsException refused) {
                failed(entry, refused);
                hold(subject, waiting);
            }
        }
        return published;
    }

    private void failed(OutboxEntry entry, EventsException why) throws Exception {
        int attempt = entry.attempts() + 1;
        boolean parked = !retry.goesOnAfter(attempt);
        Duration wait = retry.waitAfter(attempt, ThreadLocalRandom.current());
        LOG.log(
                Level.WARNING,
                "attempt {0} at publishing event {1} failed{2}: {3}",
                attempt,
                entry.event().id(),
                parked ? ", and it is parked" : "",
                why.getMessage());
        transactions.run(connection -> {
            Rows.failed(
                    connection, entry.id(), clock.millis() + wait.toMillis(), parked, String.valueOf(why.getMessage()));
            return true;
        });
    }

    private void remove(List<OutboxEntry> published) throws Exception {
        transactions.run(connection -> delete(connection, published));
    }

    private static boolean delete(Connection connection, List<OutboxEntry> published) throws SQLException {
        Rows.delete(connection, published);
        return true;
    }

    void letGo() throws Exception {
        transactions.run(connection -> {
            lease.letGo(connection);
            return true;
        });
    }
}
