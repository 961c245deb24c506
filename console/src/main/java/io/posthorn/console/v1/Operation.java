package io.posthorn.console.v1;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Work that takes longer than a request, and how far it is. Thread-safe: one thread works, others ask and cancel.
final class Operation {
    static final Schema SCHEMA = Schema.object()
            .with("id", Schema.text())
            .with("kind", Schema.oneOf("replay"))
            .with("state", Schema.oneOf("running", "done", "failed", "cancelled"))
            .with("by", Schema.text().meaning("The user who asked for it."))
            .with("virtual_host", Schema.text())
            .with("queue", Schema.text())
            .with("dry_run", Schema.flag())
            .with("started_at", Schema.time())
            .with("ended_at", Schema.time().orNull())
            .with("total", Schema.integer().meaning("Messages that lay in the queue when it began."))
            .with("examined", Schema.integer())
            .with("matched", Schema.integer())
            .with("replayed", Schema.integer().meaning("Sent back; in a dry run, would be."))
            .with("looped", Schema.integer().meaning("Left, because they have been replayed too often."))
            .with("gone", Schema.integer().meaning("Taken by somebody else meanwhile."))
            .with("unroutable", Schema.integer().meaning("Left, because their target is not there."))
            .with("refused", Schema.integer().meaning("Left, because their target did not take them."))
            .with("error", Schema.text().orNull());

    private enum State {
        RUNNING,
        DONE,
        FAILED,
        CANCELLED
    }

    private final String id;
    private final String by;
    private final ReplayOrder order;
    private final Instant startedAt;
    private final long startedNanos = System.nanoTime();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    // Below: guarded by this.
    private State state = State.RUNNING;
    private @Nullable Instant endedAt;
    private @Nullable String error;
    private long total;
    private long examined;
    private long matched;
    private long replayed;
    private long looped;
    private long gone;
    private long unroutable;
    private long refused;

    Operation(String id, String by, ReplayOrder order, Instant startedAt) {
        this.id = id;
        this.by = by;
        this.order = order;
        this.startedAt = startedAt;
    }

    String id() {
        return id;
    }

    String by() {
        return by;
    }

    // ---- Of the thread that works

    synchronized void total(long messages) {
        total = messages;
    }

    synchronized void examined() {
        examined++;
    }

    synchronized void matched() {
        matched++;
    }

    synchronized void looped() {
        looped++;
    }

    synchronized void add(Forwarding.Result result) {
        replayed += result.moved();
        gone += result.gone();
        unroutable += result.unroutable();
        refused += result.refused();
    }

    synchronized long replayed() {
        return replayed;
    }

    boolean isCancelled() {
        return cancelled.getCount() == 0;
    }

    /// Waits until the pace allows more, or nobody wants it any more.
    void awaitTurn(Pace pace) throws InterruptedException {
        long nanos = pace.waitBeforeNext(replayed(), System.nanoTime() - startedNanos);
        if (nanos > 0) {
            var _ = cancelled.await(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /// For the audit log.
    synchronized String text() {
        return "replay %d dead letters of queue '%s' in vhost '%s'"
                .formatted(replayed, order.queue(), order.virtualHost());
    }

    /// @param why it could not go on; null when it did
    synchronized void end(Instant now, @Nullable String why) {
        error = why;
        endedAt = now;
        if (why != null) {
            state = State.FAILED;
        } else {
            state = isCancelled() ? State.CANCELLED : State.DONE;
        }
        ended.countDown();
    }

    // ---- Of those who ask

    synchronized boolean isRunning() {
        return state == State.RUNNING;
    }

    void cancel() {
        cancelled.countDown();
    }

    /// @return whether it has ended
    boolean awaitEnd(long seconds) throws InterruptedException {
        return ended.await(seconds, TimeUnit.SECONDS);
    }

    synchronized Map<String, @Nullable Object> json() {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("id", id);
        json.put("kind", "replay");
        json.put("state", state.name().toLowerCase(Locale.ROOT));
        json.put("by", by);
        json.put("virtual_host", order.virtualHost());
        json.put("queue", order.queue());
        json.put("dry_run", order.dryRun());
        json.put("started_at", startedAt.toString());
        json.put("ended_at", endedAt == null ? null : endedAt.toString());
        json.put("total", total);
        json.put("examined", examined);
        json.put("matched", matched);
        json.put("replayed", replayed);
        json.put("looped", looped);
        json.put("gone", gone);
        json.put("unroutable", unroutable);
        json.put("refused", refused);
        json.put("error", error);
        return json;
    }
}
