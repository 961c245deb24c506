package io.posthorn.broker;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/// A clock and a timer that a test moves by hand.
public final class HandTime implements InstantSource, Timer {
    private record Task(long at, Runnable task) {}

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::at));
    private long millis = 1_800_000_000_000L;
    private long behind;

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis - behind);
    }

    @Override
    public void after(long delay, Runnable task) {
        tasks.add(new Task(millis + delay, task));
    }

    /// Sets the clock back, as one that had gone wrong: the timer knows nothing of it.
    public void setBack(long by) {
        behind += by;
    }

    /// Whether nobody waits for anything.
    boolean isIdle() {
        return tasks.isEmpty();
    }

    /// Lets time pass, and everything happen that falls due.
    public void pass(long more) {
        millis += more;
        for (Task first = tasks.peek(); first != null && first.at() <= millis; first = tasks.peek()) {
            tasks.remove();
            first.task().run();
        }
    }
}
