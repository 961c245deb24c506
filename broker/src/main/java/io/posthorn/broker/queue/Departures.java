package io.posthorn.broker.queue;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import io.posthorn.broker.topic.LeaseEnd;
import java.util.ArrayList;
import java.util.List;

/// What lessees have refused and is on its way to where dead letters go. It is settled behind its arrival, and they
/// hear of it then. Confined to the thread of its queue.
final class Departures {
    private final QueueState state;
    private final ArrayList<Waiting> waiting = new ArrayList<>(0);

    private record Waiting(List<LeaseEnd> ends, Reply<Done> reply) {}

    Departures(QueueState state) {
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

    /// It did not arrive, and will set out again: nobody is to wait for that.
    void fail(BrokerException cause) {
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(each -> each.reply().failed(cause));
    }
}
