package io.posthorn.protocol.kafka.transaction;

import io.posthorn.protocol.kafka.transaction.TransactionState.Completed;
import io.posthorn.protocol.kafka.transaction.TransactionState.Empty;
import io.posthorn.protocol.kafka.transaction.TransactionState.Prepared;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// One transactional id at its coordinator, and who waits for it. Confined to the coordinator's thread.
///
/// What is decided counts at once for what is decided next, and is written behind that: every answer waits
/// until what it rests on is durable. What could not be written was never decided, unless something was
/// decided on top of it.
final class Entry {
    private final String transactionalId;

    /// As decided last. Null before the first decision.
    private @Nullable Decided current;

    /// As the log certainly has it.
    private @Nullable Decided durable;

    private long decisions;

    /// The number of the last decision that a write was begun for.
    private long written;

    /// Who waits for the next write.
    private List<Waiting> waiting = new ArrayList<>(1);

    /// In the order in which they were begun. They end in that order, too, unless one fails.
    private final Deque<Write> underWay = new ArrayDeque<>(1);

    /// Requests that wait for the end of the transaction.
    private final Queue<Asked> later = new ArrayDeque<>(0);

    private Marking marking = new Marking.NotBegun();

    /// How far the partitions of a prepared transaction have been told.
    sealed interface Marking {
        /// It is not durable yet that it is prepared, or batches are still on their way.
        record NotBegun() implements Marking {}

        /// @param missing those that are not known to have it; at least one
        /// @param asked those of them whose answer is still to come. None is asked twice at a time, as the
        /// marker that comes late would end the next transaction, too
        record UnderWay(Set<TopicPartition> missing, Set<TopicPartition> asked) implements Marking {}

        record Done() implements Marking {}
    }

    record Asked(TransactionRequest request, CompletableFuture<Answer> reply) {}

    private record Decided(long number, TransactionalProducer producer) {}

    private record Waiting(CompletableFuture<Answer> reply, Answer answer) {}

    /// One decision on its way into the log.
    record Write(Entry entry, Decided decided, List<Waiting> waiting) {
        TransactionalProducer state() {
            return decided.producer;
        }

        TransactionLog.Fact fact() {
            return new TransactionLog.Fact(entry.transactionalId, decided.producer);
        }
    }

    Entry(String transactionalId) {
        this.transactionalId = transactionalId;
    }

    /// As it was found in the log.
    Entry(String transactionalId, TransactionalProducer producer) {
        this(transactionalId);
        this.durable = new Decided(0, producer);
        this.current = durable;
    }

    String transactionalId() {
        return transactionalId;
    }

    @Nullable
    TransactionalProducer producer() {
        return current == null ? null : current.producer;
    }

    // ---- What is decided, and written

    void change(TransactionalProducer next) {
        decisions++;
        current = new Decided(decisions, next);
        if (next.state() instanceof Prepared) {
            marking = new Marking.NotBegun();
        }
    }

    /// Answers once everything that was decided up to now is durable.
    void answer(CompletableFuture<Answer> reply, Answer answer) {
        Write last = underWay.peekLast();
        if (isUnwritten()) {
            waiting.add(new Waiting(reply, answer));
        } else if (last != null) {
            last.waiting.add(new Waiting(reply, answer));
        } else {
            reply.complete(answer);
        }
    }

    boolean isUnwritten() {
        return current != null && written < current.number;
    }

    boolean isOnItsWay() {
        return isUnwritten() || !underWay.isEmpty();
    }

    Write beginWrite() {
        if (current == null) {
            throw new IllegalStateException("nothing was decided for " + transactionalId);
        }
        var write = new Write(this, current, waiting);
        written = current.number;
        waiting = new ArrayList<>(1);
        underWay.add(write);
        return write;
    }

    void isDurable(Write write) {
        durable = write.decided;
        underWay.remove(write);
        for (Waiting each : write.waiting) {
            each.reply.complete(each.answer);
        }
    }

    void hasFailed(Write write, Answer failure) {
        underWay.remove(write);
        if (current != null && current.number == write.decided.number) {
            goBack();
        }
        for (Waiting each : write.waiting) {
            each.reply.complete(failure);
        }
    }

    /// To what is on its way still, as that may be durable soon; else to what is durable.
    private void goBack() {
        Write last = underWay.peekLast();
        current = last != null ? last.decided : durable;
        if (current != null && current.producer.state() instanceof Prepared) {
            // Something was decided after it, and that only ever happens when all markers are written.
            doneMarking();
        }
    }

    /// Whether it has been left alone since then, and nothing is open or under way.
    boolean isIdleSince(Instant then) {
        return current != null
                && !isOnItsWay()
                && (current.producer.state() instanceof Empty || current.producer.state() instanceof Completed)
                && !current.producer.updated().isAfter(then);
    }

    // ---- The end of a transaction

    Marking marking() {
        return marking;
    }

    void beginMarking(Prepared prepared) {
        marking = prepared.partitions().isEmpty()
                ? new Marking.Done()
                : new Marking.UnderWay(new HashSet<>(prepared.partitions()), new HashSet<>());
    }

    void doneMarking() {
        marking = new Marking.Done();
    }

    void waitForEnd(Asked asked) {
        later.add(asked);
    }

    int waitingForEnd() {
        return later.size();
    }

    List<Asked> takeWaitingForEnd() {
        var taken = List.copyOf(later);
        later.clear();
        return taken;
    }
}
