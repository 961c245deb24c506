package io.posthorn.events.runtime;

import io.posthorn.events.EventsException;
import io.posthorn.events.ScheduleOptions.Overlap;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Keeps handlers of one schedule's events from running at once, where the schedule wants that: for each
/// subscription. Thread-safe.
///
/// Within a program it is a lock. Programs that share a subscription have a queue that is one connection's alone
/// for a lock: whoever makes it works, and it goes with the connection, so that a crash lets go.
final class Overlaps {
    static final String SCHEDULE = "schedule";
    static final String POLICY = "scheduleoverlap";
    static final String TIME = "scheduledtime";

    private static final List<String> SCHEDULES = EventMapping.names(SCHEDULE);
    private static final List<String> POLICIES = EventMapping.names(POLICY);
    private static final List<String> TIMES = EventMapping.names(TIME);

    private static final String LOCK = "posthorn.running.";
    private static final long BETWEEN_TRIES_MILLIS = 200;

    /// What was not run for so many others is forgotten.
    private static final int MOST = 10_000;

    private final PosthornRuntime runtime;
    private final Latest schedules = new Latest(MOST);

    Overlaps(PosthornRuntime runtime) {
        this.runtime = runtime;
    }

    /// What the handlers of the latest schedules have done here: one that comes but once is never heard of again.
    /// Thread-safe.
    static final class Latest {
        private final int most;
        private final Map<String, Runs> runs = new LinkedHashMap<>(16, 0.75f, true);

        Latest(int most) {
            this.most = most;
        }

        /// To be given back by [#end].
        synchronized Runs begin(String name) {
            Runs its = runs.computeIfAbsent(name, _ -> new Runs());
            its.users++;
            return its;
        }

        /// Nobody forgets what somebody still waits for or works on.
        synchronized void end(Runs its) {
            its.users--;
            var eldest = runs.values().iterator();
            while (runs.size() > most && eldest.hasNext()) {
                if (eldest.next().users == 0) {
                    eldest.remove();
                }
            }
        }
    }

    /// What a schedule's handler has done here.
    static final class Runs {
        final ReentrantLock lock = new ReentrantLock(true);
        private int users; // guarded by those who keep it
        Instant lastBegin = Instant.MIN;
        Instant lastEnd = Instant.MIN;

        boolean passesOver(Overlap policy, Instant due) {
            return switch (policy) {
                case SKIP -> due.isBefore(lastEnd);
                // The run that has begun since it was due stands for it.
                case QUEUE_ONE -> due.isBefore(lastBegin);
                case ALLOW -> false;
            };
        }
    }

    /// Whether an event comes of a schedule.
    boolean concern(Incoming incoming) {
        return EventMapping.attribute(incoming, SCHEDULES) != null;
    }

    /// @param isShared whether other programs may handle events of this subscription
    void run(Incoming incoming, boolean isShared, Attempt.Work work) throws Exception {
        String schedule = EventMapping.attribute(incoming, SCHEDULES);
        Overlap policy = schedule == null ? Overlap.ALLOW : policy(incoming);
        if (policy == Overlap.ALLOW || schedule == null) {
            work.run();
            return;
        }
        String name = incoming.queue() + "." + schedule;
        Runs runs = schedules.begin(name);
        try {
            if (lock(runs, policy)) {
                runLocked(incoming, isShared, name, runs, policy, work);
            }
        } finally {
            schedules.end(runs);
        }
    }

    private void runLocked(
            Incoming incoming, boolean isShared, String name, Runs runs, Overlap policy, Attempt.Work work)
            throws Exception {
        try {
            boolean isFirstAttempt = LinkedDelivery.attempt(incoming) == 1;
            if (isFirstAttempt && runs.passesOver(policy, due(incoming))) {
                return;
            }
            if (isShared) {
                runShared(name, runs, policy, work);
            } else {
                run(runs, work);
            }
        } finally {
            runs.lock.unlock();
        }
    }

    private static boolean lock(Runs runs, Overlap policy) throws InterruptedException {
        if (policy == Overlap.SKIP) {
            return runs.lock.tryLock();
        }
        runs.lock.lockInterruptibly();
        return true;
    }

    private void runShared(String name, Runs runs, Overlap policy, Attempt.Work work) throws Exception {
        Link link = runtime.link();
        String lock = Names.shortened(LOCK, name);
        while (!isOurs(link, lock)) {
            if (policy == Overlap.SKIP) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES_MILLIS);
        }
        try {
            run(runs, work);
        } finally {
            link.deleteQueue(lock);
        }
    }

    private static boolean isOurs(Link link, String lock) {
        try {
            link.declareTemporaryQueue(lock);
            return true;
        } catch (EventsException.Incompatible anothers) {
            return false;
        }
    }

    private void run(Runs runs, Attempt.Work work) throws Exception {
        runs.lastBegin = runtime.link().clock().instant();
        try {
            work.run();
        } finally {
            runs.lastEnd = runtime.link().clock().instant();
        }
    }

    private static Overlap policy(Incoming incoming) {
        String name = EventMapping.attribute(incoming, POLICIES);
        for (Overlap each : Overlap.values()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        return Overlap.ALLOW; // of a version to come
    }

    private static Instant due(Incoming incoming) {
        try {
            String time = EventMapping.attribute(incoming, TIMES);
            return time == null ? Instant.MAX : Instant.parse(time);
        } catch (DateTimeException unknown) {
            return Instant.MAX;
        }
    }
}
