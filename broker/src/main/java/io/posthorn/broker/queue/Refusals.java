package io.posthorn.broker.queue;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import io.posthorn.broker.topic.LeaseEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What lessees have refused and is on its way to where dead letters go. It is settled behind its arrival, and they
/// hear of it then. Confined to the thread of its queue.
final class Refusals {
    private final QueueState state;
    private final ArrayList<Waiting> waiting = new ArrayList<>(0);

    private record Waiting(List<LeaseEnd> ends, Reply<Done> reply) {}

    Refusals(QueueState state) {
        this.state = state;
    }

    /// Answers once all that is refused here is settled.
    void await(List<LeaseEnd> ends, Reply<Done> reply) {
        if (areOver(ends)) {
            reply.ok(Done.DONE);
        } else {
            waiting.add(new Waiting(ends, reply));
        }
    }

    /// Something may have arrived.
    void review() {
        if (!waiting.isEmpty()) {
            List<Waiting> over =
                    waiting.stream().filter(each -> areOver(each.ends())).toList();
            waiting.removeAll(over);
            over.forEach(each -> each.reply().ok(Done.DONE));
        }
    }

    private boolean areOver(List<LeaseEnd> ends) {
        Settlements settlements = state.settlements();
        for (LeaseEnd end : ends) {
            long from = Math.max(end.from(), settlements.before());
            boolean isOver = from >= end.to()
                    || end.how() != LeaseEnd.How.REJECTED
                    || settlements.above().firstAbsentFrom(from) >= end.to();
            if (!isOver) {
                return false;
            }
        }
        return true;
    }

    /// These did not arrive, now or for ever: who has refused one of them is not to wait for it.
    void fail(OffsetSet offsets, BrokerException cause) {
        failIf(each -> holdsAny(each.ends(), offsets), cause);
    }

    private static boolean holdsAny(List<LeaseEnd> ends, OffsetSet offsets) {
        for (LeaseEnd end : ends) {
            long first = offsets.firstFrom(end.from());
            if (end.how() == LeaseEnd.How.REJECTED && first != OffsetSet.NONE && first < end.to()) {
                return true;
            }
        }
        return false;
    }

    void failAll(BrokerException cause) {
        failIf(_ -> true, cause);
    }

    private void failIf(Predicate<Waiting> isLost, BrokerException cause) {
        List<Waiting> lost = waiting.stream().filter(isLost).toList();
        waiting.removeAll(lost);
        lost.forEach(each -> each.reply().failed(cause));
    }
}
