package io.posthorn.protocol.kafka.transaction;

import io.posthorn.protocol.kafka.transaction.Decision.Changed;
import io.posthorn.protocol.kafka.transaction.Decision.Later;
import io.posthorn.protocol.kafka.transaction.Decision.Refused;
import io.posthorn.protocol.kafka.transaction.Decision.Unchanged;
import io.posthorn.protocol.kafka.transaction.Entry.Marking;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.MarkersWritten;
import io.posthorn.protocol.kafka.transaction.TransactionRequest.TimeOut;
import io.posthorn.protocol.kafka.transaction.TransactionState.Completed;
import io.posthorn.protocol.kafka.transaction.TransactionState.Empty;
import io.posthorn.protocol.kafka.transaction.TransactionState.Ongoing;
import io.posthorn.protocol.kafka.transaction.TransactionState.Prepared;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// Decides, for every transactional id, who its producer is and how its transaction ends. Confined to its
/// executor, but for [#ask].
///
/// The order that makes a transaction whole: its partitions are durably known before a batch gets into one
/// of them; that and how it ends is durable before the first marker; the markers are durable before
/// anything else is decided for the id. Whoever comes back after a crash finds the last of these steps and
/// goes on from there.
final class TransactionCoordinator {
    /// More than a client keeps open.
    private static final int MOST_WAITING = 1_000;

    private static final Duration BETWEEN_EXPIRIES = Duration.ofHours(1);

    private static final System.Logger LOG = System.getLogger(TransactionCoordinator.class.getName());

    private final TransactionLog log;
    private final Markers markers;
    private final OpenTransactions open;
    private final InstantSource clock;
    private final Executor executor;
    private final Map<String, Entry> entries = new HashMap<>();
    private final ProducerIds ids;

    /// What waits for the next block of producer ids.
    private final List<AwaitingId> awaitingIds = new ArrayList<>();

    /// Entries that have changed, for the next write.
    private final Set<Entry> changed = new LinkedHashSet<>();

    /// Entries whose transaction is open.
    private final Set<Entry> ongoing = new LinkedHashSet<>();

    /// Entries of which something could not be written.
    private final Set<Entry> stuck = new LinkedHashSet<>();

    private Instant nextExpiry;
    private boolean hasEnded;

    /// @param firstId producer ids before it may have been given out by coordinators before this one
    /// @param loaded what the log has held
    TransactionCoordinator(
            TransactionLog log,
            Markers markers,
            OpenTransactions open,
            InstantSource clock,
            Executor executor,
            long firstId,
            Map<String, TransactionalProducer> loaded) {
        this.log = log;
        this.markers = markers;
        this.open = open;
        this.clock = clock;
        this.executor = executor;
        TransactionalProducer reserved = loaded.get(TransactionLog.RESERVATION);
        this.ids = new ProducerIds(Math.max(firstId, reserved == null ? 0 : reserved.producerId()));
        this.nextExpiry = clock.instant().plus(BETWEEN_EXPIRIES);
        loaded.forEach(this::resume);
    }

    private void resume(String transactionalId, TransactionalProducer producer) {
        if (transactionalId.equals(TransactionLog.RESERVATION)) {
            return;
        }
        var entry = new Entry(transactionalId, producer);
        entries.put(transactionalId, entry);
        isOngoing(entry, producer.state() instanceof Ongoing);
        isDurable(entry, producer);
    }

    // ---- Requests

    /// Any thread.
    ///
    /// @return completes on this coordinator's executor
    CompletableFuture<Answer> ask(String transactionalId, TransactionRequest request) {
        var reply = new CompletableFuture<Answer>();
        executor.execute(() -> handle(transactionalId, request, reply));
        return reply;
    }

    /// For a producer without transactions. Any thread.
    CompletableFuture<Answer> newProducer() {
        var reply = new CompletableFuture<Answer>();
        executor.execute(() -> withIds(
                () -> reply.complete(new Answer(Errors.NONE, new ProducerIdAndEpoch(ids.take(), (short) 0))), reply));
        return reply;
    }

    private void handle(String transactionalId, TransactionRequest request, CompletableFuture<Answer> reply) {
        withIds(() -> decide(transactionalId, request, reply), reply);
    }

    /// Nearly every request may need a new producer id, so none is decided while there is none to be had.
    private void withIds(Runnable action, CompletableFuture<Answer> reply) {
        if (hasEnded) {
            reply.complete(Answer.refused(Errors.COORDINATOR_NOT_AVAILABLE));
            return;
        }
        if (!ids.isEmpty()) {
            action.run();
            return;
        }
        awaitingIds.add(new AwaitingId(action, reply));
        if (awaitingIds.size() == 1) {
            reserveIds();
        }
    }

    private void reserveIds() {
        long end = ids.nextEnd();
        var fact = new TransactionLog.Fact(
                TransactionLog.RESERVATION, TransactionRecords.reservation(end, clock.instant()));
        log.write(log.partitionOf(TransactionLog.RESERVATION), List.of(fact))
                .whenCompleteAsync(
                        (_, fault) -> {
                            var waiting = List.copyOf(awaitingIds);
                            awaitingIds.clear();
                            if (fault == null) {
                                ids.reserved(end);
                                waiting.forEach(each -> withIds(each.action, each.reply));
                            } else {
                                LOG.log(Level.WARNING, "no producer ids could be reserved: " + fault);
                                waiting.forEach(
                                        each -> each.reply.complete(Answer.refused(Errors.COORDINATOR_NOT_AVAILABLE)));
                            }
                        },
                        executor);
    }

    private record AwaitingId(Runnable action, CompletableFuture<Answer> reply) {}

    private void decide(String transactionalId, TransactionRequest request, CompletableFuture<Answer> reply) {
        Entry entry = entries.get(transactionalId);
        if (entry == null) {
            entry = new Entry(transactionalId);
        }
        var transitions = new Transitions(clock.instant(), ids::take);
        switch (transitions.decide(entry.producer(), request)) {
            case Refused(var error) -> reply.complete(Answer.refused(error));
            case Unchanged _ -> entry.answer(reply, answer(entry, Errors.NONE));
            case Later _ -> waitForEnd(entry, new Entry.Asked(request, reply));
            case Changed(var next, var error) -> {
                entries.put(transactionalId, entry);
                change(entry, next);
                entry.answer(reply, answer(entry, error));
            }
        }
    }

    private static Answer answer(Entry entry, Errors error) {
        TransactionalProducer producer = entry.producer();
        return error != Errors.NONE || producer == null ? Answer.refused(error) : new Answer(error, producer.visible());
    }

    /// The next transaction may begin when the markers of the one before are written: that is soon, and
    /// sooner than any client would try again.
    private static void waitForEnd(Entry entry, Entry.Asked asked) {
        if (entry.waitingForEnd() < MOST_WAITING) {
            entry.waitForEnd(asked);
        } else {
            asked.reply().complete(Answer.refused(Errors.CONCURRENT_TRANSACTIONS));
        }
    }

    // ---- What is decided, and written

    private void change(Entry entry, TransactionalProducer next) {
        entry.change(next);
        isOngoing(entry, next.state() instanceof Ongoing);
        if (changed.isEmpty()) {
            // Behind whatever has come in the meantime, so that all of it is one write.
            executor.execute(this::writeChanged);
        }
        changed.add(entry);
    }

    private void writeChanged() {
        var byPartition = new HashMap<Integer, List<Entry.Write>>();
        for (Entry entry : changed) {
            if (entry.isUnwritten()) {
                byPartition
                        .computeIfAbsent(log.partitionOf(entry.transactionalId()), _ -> new ArrayList<>())
                        .add(entry.beginWrite());
            }
        }
        changed.clear();
        byPartition.forEach(this::write);
    }

    private void write(int partition, List<Entry.Write> writes) {
        List<TransactionLog.Fact> facts = writes.stream().map(Entry.Write::fact).toList();
        log.write(partition, facts)
                .whenCompleteAsync(
                        (_, fault) -> {
                            if (fault == null) {
                                writes.forEach(this::isDurable);
                            } else {
                                LOG.log(Level.WARNING, "transactions could not be written: " + fault);
                                writes.forEach(this::hasFailed);
                            }
                        },
                        executor);
    }

    private void isDurable(Entry.Write write) {
        // First of all, since who hears of it acts on it.
        isDurable(write.entry(), write.state());
        write.entry().isDurable(write);
    }

    /// The log may have it nevertheless, so what counts instead is written again as soon as that is
    /// possible.
    private void hasFailed(Entry.Write write) {
        Entry entry = write.entry();
        entry.hasFailed(write, Answer.refused(Errors.COORDINATOR_NOT_AVAILABLE));
        TransactionalProducer back = entry.producer();
        if (back == null) {
            entries.remove(entry.transactionalId(), entry);
        } else {
            isOngoing(entry, back.state() instanceof Ongoing);
            stuck.add(entry);
        }
        if (back == null || !(back.state() instanceof Prepared)) {
            handleWhoWaitedForEnd(entry); // it does not end
        }
    }

    private void isOngoing(Entry entry, boolean is) {
        if (is) {
            ongoing.add(entry);
        } else {
            ongoing.remove(entry);
        }
    }

    /// What follows from a state, now that nobody can say any more that it is not so.
    private void isDurable(Entry entry, TransactionalProducer producer) {
        if (hasEnded) {
            return; // what is open now is the successor's
        }
        switch (producer.state()) {
            case Ongoing(var partitions, var _) -> open.admit(entry.transactionalId(), producer, partitions);
            case Prepared prepared ->
                open.close(entry.transactionalId(), () -> executor.execute(() -> mark(entry, prepared)));
            case Empty _, Completed _ -> {}
        }
    }

    // ---- The end of a transaction

    private void mark(Entry entry, Prepared prepared) {
        entry.beginMarking(prepared);
        goOnMarking(entry, prepared);
    }

    private void goOnMarking(Entry entry, Prepared prepared) {
        switch (entry.marking()) {
            case Marking.NotBegun _ -> {}
            case Marking.UnderWay underWay -> writeMarkers(entry, prepared, underWay);
            case Marking.Done _ -> complete(entry);
        }
    }

    private void writeMarkers(Entry entry, Prepared prepared, Marking.UnderWay underWay) {
        TransactionalProducer producer = entry.producer();
        if (producer == null) {
            throw new IllegalStateException("there is no producer to end a transaction of");
        }
        var who = new ProducerIdAndEpoch(producer.producerId(), producer.epoch());
        for (TopicPartition partition : underWay.missing()) {
            if (underWay.asked().add(partition)) {
                markers.write(partition, who, prepared.result(), producer.transactionVersion())
                        .whenCompleteAsync((_, fault) -> answered(entry, underWay, partition, fault), executor);
            }
        }
    }

    private void answered(Entry entry, Marking.UnderWay underWay, TopicPartition partition, @Nullable Throwable fault) {
        underWay.asked().remove(partition);
        if (fault == null) {
            underWay.missing().remove(partition);
            if (underWay.missing().isEmpty()) {
                entry.doneMarking();
                complete(entry);
            }
        } else if (stuck.add(entry)) {
            LOG.log(Level.WARNING, "%s could not be told the end of a transaction: %s".formatted(partition, fault));
        }
    }

    private void complete(Entry entry) {
        if (hasEnded) {
            return;
        }
        decide(entry.transactionalId(), new MarkersWritten(), new CompletableFuture<>());
        handleWhoWaitedForEnd(entry);
    }

    private void handleWhoWaitedForEnd(Entry entry) {
        for (Entry.Asked asked : entry.takeWaitingForEnd()) {
            handle(entry.transactionalId(), asked.request(), asked.reply());
        }
    }

    // ---- Time

    /// Does what is due: tries once more what has failed, aborts what has been open for too long, and once an hour
    /// forgets who has been idle.
    ///
    /// @param idle how long a transactional id is remembered that nobody uses
    void tick(Supplier<Duration> idle) {
        for (Entry entry : List.copyOf(stuck)) {
            retry(entry);
        }
        Instant now = clock.instant();
        for (Entry entry : List.copyOf(ongoing)) {
            TransactionalProducer producer = entry.producer();
            if (producer != null
                    && producer.state() instanceof Ongoing(var _, var start)
                    && start.plus(producer.timeout()).isBefore(now)) {
                LOG.log(Level.INFO, "the transaction of " + entry.transactionalId() + " was open for too long");
                handle(entry.transactionalId(), new TimeOut(), new CompletableFuture<>());
            }
        }
        if (!now.isBefore(nextExpiry)) {
            nextExpiry = now.plus(BETWEEN_EXPIRIES);
            expire(idle.get());
        }
    }

    private void retry(Entry entry) {
        TransactionalProducer producer = entry.producer();
        if (producer != null && producer.state() instanceof Prepared prepared) {
            goOnMarking(entry, prepared);
        } else if (!entry.isOnItsWay()) {
            stuck.remove(entry);
            if (producer != null) {
                change(entry, producer);
            }
        }
    }

    private void expire(Duration idle) {
        Instant before = clock.instant().minus(idle);
        var byPartition = new HashMap<Integer, List<TransactionLog.Fact>>();
        for (Entry entry : List.copyOf(entries.values())) {
            if (entry.isIdleSince(before)) {
                entries.remove(entry.transactionalId());
                byPartition
                        .computeIfAbsent(log.partitionOf(entry.transactionalId()), _ -> new ArrayList<>())
                        .add(new TransactionLog.Fact(entry.transactionalId(), null));
            }
        }
        // When this fails, they are found again after the next start, and forgotten then.
        byPartition.forEach(log::write);
    }

    /// What all this was kept in is gone: nothing is decided any more, and nobody waits for it.
    void end() {
        hasEnded = true;
        for (Entry entry : entries.values()) {
            open.close(entry.transactionalId(), () -> {});
            entry.takeWaitingForEnd()
                    .forEach(asked -> asked.reply().complete(Answer.refused(Errors.COORDINATOR_NOT_AVAILABLE)));
        }
    }

    // ---- For those who look

    /// Every transactional id as it is now. Any thread.
    CompletableFuture<Map<String, TransactionalProducer>> all() {
        return CompletableFuture.supplyAsync(
                () -> {
                    var all = new HashMap<String, TransactionalProducer>();
                    entries.forEach((id, entry) -> {
                        TransactionalProducer producer = entry.producer();
                        if (producer != null) {
                            all.put(id, producer);
                        }
                    });
                    return all;
                },
                executor);
    }
}
