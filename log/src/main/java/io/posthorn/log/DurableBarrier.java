package io.posthorn.log;

import org.jspecify.annotations.Nullable;

/// Lets something be done only when everything appended before is durable. What was trimmed is not copied by a
/// roll-over, and must not be deleted either while a crash could still bring it back: the trim must be durable first.
///
/// Nobody waits here: the housekeeper comes by again. Confined to its step, but for [#isPassed].
final class DurableBarrier {
    private record Waiting(long position, Runnable then) {}

    private final SegmentedJournal journal;
    private volatile @Nullable Waiting waiting;

    DurableBarrier(SegmentedJournal journal) {
        this.journal = journal;
    }

    boolean isWaiting() {
        return waiting != null;
    }

    /// Whether [#proceed] would do something.
    boolean isPassed() {
        Waiting current = waiting;
        return current != null && journal.durableEnd() >= current.position();
    }

    /// Does it when everything appended so far is durable: at once, or in a later step.
    void await(Runnable then) {
        if (waiting != null) {
            throw new IllegalStateException("one thing at a time");
        }
        waiting = new Waiting(journal.end(), then);
        journal.requestSync();
        proceed();
    }

    /// What could not be done, because there was no room, is done by a later step.
    void proceed() {
        Waiting current = waiting;
        if (current != null && isPassed()) {
            current.then().run();
            waiting = null;
        }
    }
}
