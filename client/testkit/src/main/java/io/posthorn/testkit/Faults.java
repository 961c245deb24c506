package io.posthorn.testkit;

import java.util.concurrent.atomic.AtomicInteger;

/// What is to go wrong between programs and the broker. Each is asked for a number of times, and counts for
/// whatever comes next, also for what the library sends by itself: retries, dead letters, schedules.
/// Thread-safe.
public final class Faults {
    private final AtomicInteger unreachable = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger acks = new AtomicInteger();

    Faults() {}

    /// The next publishes and enqueues fail as if nobody were there: `EventsException.Unreachable`, and
    /// nothing is in.
    public Faults failPublishes(int next) {
        unreachable.set(next);
        return this;
    }

    /// The next publishes and enqueues are refused as by a full queue: `EventsException.Refused`, and
    /// nothing is in.
    public Faults refusePublishes(int next) {
        refused.set(next);
        return this;
    }

    /// The next publishes and enqueues are in, but nobody is told: `EventsException.Unreachable` all the
    /// same. Who tries again sends it twice.
    public Faults loseAnswers(int next) {
        answers.set(next);
        return this;
    }

    /// The next acknowledgements get lost, as with their connection: the messages come again.
    public Faults loseAcks(int next) {
        acks.set(next);
        return this;
    }

    /// Nothing goes wrong any more.
    public void end() {
        unreachable.set(0);
        refused.set(0);
        answers.set(0);
        acks.set(0);
    }

    boolean failsPublish() {
        return take(unreachable);
    }

    boolean refusesPublish() {
        return take(refused);
    }

    boolean losesAnswer() {
        return take(answers);
    }

    boolean losesAck() {
        return take(acks);
    }

    private static boolean take(AtomicInteger left) {
        return left.getAndUpdate(number -> Math.max(0, number - 1)) > 0;
    }
}
