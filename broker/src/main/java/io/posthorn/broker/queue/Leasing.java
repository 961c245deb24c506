package io.posthorn.broker.queue;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Done;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.Reply;
import io.posthorn.broker.topic.CursorStatus;
import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseWish;
import io.posthorn.broker.topic.Leased;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Those who take messages of a queue by their offsets, for a time: what they take competes with the consumers of the
/// queue, and what they do not settle in time comes back. Confined to the thread of its queue.
///
/// Over somebody else's log nobody looks at the messages: who leases them reads them himself.
public final class Leasing {
    private final WorkQueue queue;
    private final Backlog backlog;
    private final Unsettled unsettled;
    private final Delivering delivering;
    private final Returns returns;
    private final Surroundings shard;
    private final Set<Lessee> lessees = new LinkedHashSet<>();

    /// Who has asked, and has to wait for the disk.
    private final ArrayDeque<Asked> asked = new ArrayDeque<>(0);

    private final Refusals refusals;

    /// Who wants to hear when something is ready.
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(0);

    private record Asked(Lessee lessee, LeaseWish wish, Reply<List<Leased>> reply) {}

    private record Waiting(Lessee lessee, Reply<Done> reply) {}

    Leasing(WorkQueue queue, Backlog backlog, Unsettled unsettled, Delivering delivering, Returns returns) {
        this.queue = queue;
        this.backlog = backlog;
        this.unsettled = unsettled;
        this.delivering = delivering;
        this.returns = returns;
        this.shard = queue.shard;
        this.refusals = new Refusals(queue.state);
    }

    /// Whether anybody but those who lease has a message, or waits for one.
    public boolean isConsumedToo() {
        return queue.consumers.size() > 0 || queue.unsettled() > leased();
    }

    /// How far the queue is for those who speak of offsets.
    public CursorStatus status() {
        Settlements settlements = queue.state.settlements();
        return new CursorStatus(settlements.before(), settlements.above().cardinality());
    }

    /// How many there are who lease.
    int lesseeCount() {
        return lessees.size();
    }

    /// How many of them are not counted elsewhere.
    int countedLessees() {
        int count = 0;
        for (Lessee lessee : lessees) {
            count += lessee.isCounted() ? 1 : 0;
        }
        return count;
    }

    private long leased() {
        long sum = 0;
        for (Lessee lessee : lessees) {
            sum += lessee.held().cardinality();
        }
        return sum;
    }

    // ---- Messages go out

    public void lease(Lessee lessee, LeaseWish wish, Reply<List<Leased>> reply) {
        if (lessees.add(lessee)) {
            shard.counters().consumers++;
        }
        lessee.rules(wish.rules());
        if (queue.isCursor()) {
            queue.show(wish.rules().isolation());
            returns.sendDeadLettersTo(wish.rules().deadLetters());
        }
        queue.used();
        queue.touched();
        asked.add(new Asked(lessee, wish, reply));
        shard.activate(queue);
    }

    public void awaitReady(Lessee lessee, Reply<Done> reply) {
        waiting.removeIf(each -> each.lessee() == lessee);
        waiting.add(new Waiting(lessee, reply));
        shard.activate(queue);
    }

    /// Gives what is ready to those who have asked, and tells others that there is something.
    ///
    /// @param isPaused whether nobody gets anything by a lease
    /// @param isTouched whether it is durable that somebody may
    void serve(boolean isPaused, boolean isTouched) {
        refusals.review();
        while (!asked.isEmpty() && (isPaused || isTouched)) {
            Asked first = asked.element();
            OffsetSet taken = isPaused ? new OffsetSet() : take(first);
            if (taken == null) {
                return;
            }
            asked.remove();
            first.reply().ok(ranges(taken));
        }
        if (!isPaused && !waiting.isEmpty() && backlog.next() != OffsetSet.NONE) {
            tellWhoWaits();
        }
    }

    /// All of them, as who is told and has gone meanwhile must not keep others waiting; but nobody to whom
    /// nothing would be given: he would ask, get nothing, and wait again, without a pause.
    private void tellWhoWaits() {
        long leased = leased();
        for (int i = waiting.size(); i > 0; i--) {
            Waiting each = waiting.remove();
            if (each.lessee().mayHaveMore(leased)) {
                each.reply().ok(Done.DONE);
            } else {
                waiting.add(each);
            }
        }
    }

    /// @return null when the disk has to be asked first
    private @Nullable OffsetSet take(Asked asked) {
        var taken = new OffsetSet();
        LeaseWish wish = asked.wish();
        long room = Math.min(wish.most(), wish.rules().mostLeased() - leased());
        while (taken.cardinality() < room) {
            long next = backlog.next();
            if (next == OffsetSet.NONE || next < wish.from() || next >= wish.before()) {
                break;
            }
            if (queue.isCursor()) {
                backlog.take(next);
                unsettled.hold(asked.lessee(), next);
                taken.add(next);
                continue;
            }
            Delivery delivery = delivering.next(asked.lessee(), false, false);
            if (delivery == null) {
                boolean isEmpty = backlog.next() == OffsetSet.NONE;
                return isEmpty || !taken.isEmpty() ? begun(asked.lessee(), taken) : null;
            }
            taken.add(delivery.deliveryId());
        }
        return begun(asked.lessee(), taken);
    }

    private OffsetSet begun(Lessee lessee, OffsetSet taken) {
        for (long from = taken.first(); from != OffsetSet.NONE; ) {
            long to = taken.firstAbsentFrom(from);
            lessee.begin(from, to, shard.now());
            from = taken.firstFrom(to);
        }
        shard.counters().delivered += taken.cardinality();
        shard.wakeAt(queue, lessee.firstDue());
        return taken;
    }

    private List<Leased> ranges(OffsetSet taken) {
        var ranges = new ArrayList<Leased>();
        Redeliveries redeliveries = queue.state.redeliveries();
        for (long from = taken.first(); from != OffsetSet.NONE; ) {
            long end = taken.firstAbsentFrom(from);
            int count = redeliveries.count(from);
            long to = from + 1;
            while (to < end && redeliveries.count(to) == count) {
                to++;
            }
            ranges.add(new Leased(from, to, count + 1));
            from = to < end ? to : taken.firstFrom(end);
        }
        return ranges;
    }

    // ---- Leases come to an end

    public LeaseAnswer end(Lessee lessee, List<LeaseEnd> ends) {
        for (LeaseEnd each : ends) {
            LeaseAnswer wrong = check(lessee, each);
            if (wrong != LeaseAnswer.DONE) {
                return wrong;
            }
        }
        ends.forEach(each -> endOne(lessee, each));
        return LeaseAnswer.DONE;
    }

    /// Answers once what was refused is where dead letters go, if it goes anywhere.
    ///
    /// @param ends which were done
    public void awaitDeparture(List<LeaseEnd> ends, Reply<Done> reply) {
        refusals.await(ends, reply);
    }

    /// Some of what was refused may have got there.
    void forwarded() {
        refusals.review();
    }

    /// These did not.
    void notForwarded(OffsetSet offsets, BrokerException cause) {
        refusals.fail(offsets, cause);
    }

    private LeaseAnswer check(Lessee lessee, LeaseEnd wanted) {
        long start = queue.state.settlements().before();
        long from = Math.max(wanted.from(), start);
        if (from >= wanted.to()) {
            return LeaseAnswer.DONE;
        }
        if (wanted.to() > backlog.takenEnd() && backlog.takenEnd() > start) {
            return LeaseAnswer.NEVER_LEASED;
        }
        OffsetSet held = lessee.held();
        return held.contains(from) && held.firstAbsentFrom(from) >= wanted.to()
                ? LeaseAnswer.DONE
                : LeaseAnswer.NOT_LEASED;
    }

    private void endOne(Lessee lessee, LeaseEnd end) {
        long from = Math.max(end.from(), queue.state.settlements().before());
        switch (end.how()) {
            case ACCEPTED -> queue.settle(lessee, from, end.to(), Outcome.ACCEPTED);
            case RELEASED -> queue.settle(lessee, from, end.to(), Outcome.RELEASED);
            case REJECTED -> queue.settle(lessee, from, end.to(), Outcome.REJECTED);
            case RENEWED -> renew(lessee, from, end.to());
            case UNSEEN -> {
                if (from < end.to()) {
                    unsettled.drop(lessee, from, end.to());
                    returns.giveBackUnseen(from, end.to());
                }
            }
        }
        shard.activate(queue);
    }

    private void renew(Lessee lessee, long from, long to) {
        if (from < to) {
            lessee.begin(from, to, shard.now());
            shard.wakeAt(queue, lessee.firstDue());
        }
    }

    /// Somebody goes; what it has comes back.
    public void leave(Lessee lessee) {
        if (lessees.remove(lessee)) {
            queue.consumerGone();
        }
        asked.removeIf(each -> each.lessee() == lessee);
        waiting.removeIf(each -> each.lessee() == lessee);
    }

    /// What lies before this offset is gone, leased or not.
    void beginsAt(long start) {
        lessees.forEach(lessee -> unsettled.dropBefore(lessee, start));
    }

    /// What was leased for too long comes back.
    void woken() {
        for (Lessee lessee : List.copyOf(lessees)) {
            var overdue = new OffsetRanges();
            lessee.overdue(shard.now(), overdue);
            for (int i = 0; i < overdue.size(); i++) {
                queue.settle(lessee, overdue.from(i), overdue.to(i), Outcome.FAILED);
            }
            long next = lessee.firstDue();
            if (next != Message.NEVER) {
                shard.wakeAt(queue, next);
            }
            if (!overdue.isEmpty()) {
                shard.activate(queue);
            }
        }
    }

    /// Nobody who waits will get anything.
    void fail(BrokerException cause) {
        refusals.failAll(cause);
        while (!asked.isEmpty()) {
            asked.remove().reply().failed(cause);
        }
        while (!waiting.isEmpty()) {
            waiting.remove().reply().failed(cause);
        }
    }

    /// The queue is gone: nobody has anything of it.
    void close() {
        lessees.forEach(lessee -> lessee.lose(0, Long.MAX_VALUE));
        shard.counters().consumers -= lessees.size();
        lessees.clear();
    }
}
