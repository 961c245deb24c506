package io.posthorn.broker.producer;

import io.posthorn.broker.BrokerException.ProducerRefused;
import io.posthorn.broker.BrokerException.ProducerRefused.Reason;
import io.posthorn.broker.Message;
import io.posthorn.broker.topic.AppendRule.Origin;
import io.posthorn.broker.topic.ProducerStatus;
import io.posthorn.log.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The producers of one partition that number their batches, and their transactions. Confined to the thread of the
/// partition's shard; what [#aborted] tells is read by anyone.
///
/// Everything here follows from the batches in the log: [#appended] is called for each, when it is appended and again
/// at recovery, so that nothing but batches need be in the journal.
public final class Producers {
    /// Who has appended nothing for so long, in milliseconds, is forgotten, but for open transactions: Kafka's default.
    public static final long EXPIRATION = 24L * 60 * 60 * 1000;

    /// What [#offsetOfDuplicate] tells of a batch that has not been there.
    public static final long NEW = -1;

    private static final long UNKNOWN = 0;

    /// What a batch says of its producer's transaction.
    public enum End {
        NONE,
        COMMITTED,
        ABORTED
    }

    private final ProducerTable producers = new ProducerTable();
    private final OpenTransactions open = new OpenTransactions();
    private volatile AbortedTransactions aborted = AbortedTransactions.NONE;

    /// Nobody is to be forgotten before, as long as who is idle is remembered for so long.
    private long nextExpiry;

    private long rememberedFor = EXPIRATION;

    // ---- Before a batch is appended

    /// The offset of a batch that was appended before and has come again; [#NEW] for one that may be appended.
    ///
    /// @throws ProducerRefused when it may not
    public long offsetOfDuplicate(RecordBatch batch, Origin origin) {
        Producer known = producers.get(batch.producerId());
        boolean isClient = origin == Origin.CLIENT;
        if (known == null) {
            checkEpoch(Producer.NO_EPOCH, batch);
            return NEW;
        }
        long duplicate = isClient ? known.offsetOfDuplicate(batch) : NEW;
        if (duplicate != NEW) {
            return duplicate;
        }
        checkEpoch(known.epoch(), batch);
        if (batch.isControl()) {
            if (origin == Origin.COORDINATOR_OF_EPOCHS) {
                checkInTime(known, batch);
            }
            checkCoordinator(known, batch);
            return NEW;
        }
        if (isClient) {
            checkSequence(known, batch);
        }
        if (known.transaction() != null && !batch.isTransactional()) {
            throw refused(Reason.INVALID_TXN_STATE, batch, "it has a transaction open, and this is not of it");
        }
        return NEW;
    }

    private static void checkEpoch(short last, RecordBatch batch) {
        if (batch.producerEpoch() < last) {
            throw refused(Reason.INVALID_PRODUCER_EPOCH, batch, "its last epoch is " + last);
        }
    }

    private static void checkCoordinator(Producer known, RecordBatch batch) {
        EndMarker marker = EndMarker.of(batch);
        if (marker != null && marker.coordinatorEpoch() < known.coordinatorEpoch()) {
            throw refused(
                    Reason.TRANSACTION_COORDINATOR_FENCED,
                    batch,
                    "its coordinator of epoch %d has been replaced by one of epoch %d"
                            .formatted(marker.coordinatorEpoch(), known.coordinatorEpoch()));
        }
    }

    /// A marker's epoch is the one that its transaction's end began. Where that has written already, the
    /// marker is of the transaction before, and would end the one that is open. The same marker twice ends
    /// nothing, and may be a coordinator's that has not heard of the first; behind the last epoch there is
    /// none to begin.
    private static void checkInTime(Producer known, RecordBatch batch) {
        boolean isLate = batch.producerEpoch() == known.epoch() && known.transaction() != null;
        if (isLate && known.epoch() != Short.MAX_VALUE) {
            throw refused(
                    Reason.INVALID_PRODUCER_EPOCH,
                    batch,
                    "this epoch has a transaction open, which ends with the next");
        }
    }

    /// A new epoch begins with 0. In the same one nothing is left out.
    private static void checkSequence(Producer known, RecordBatch batch) {
        if (known.epoch() == Producer.NO_EPOCH) {
            return;
        }
        boolean isNext = batch.producerEpoch() == known.epoch()
                ? follows(known.lastSequence(), batch.baseSequence())
                : batch.baseSequence() == 0;
        if (!isNext) {
            throw refused(
                    Reason.OUT_OF_ORDER_SEQUENCE,
                    batch,
                    "sequence %d follows on %d of epoch %d"
                            .formatted(batch.baseSequence(), known.lastSequence(), known.epoch()));
        }
    }

    private static boolean follows(int last, int next) {
        return next == last + 1L || (next == 0 && last == Integer.MAX_VALUE);
    }

    private static ProducerRefused refused(Reason reason, RecordBatch batch, String why) {
        return new ProducerRefused(
                reason, "producer %d of epoch %d: %s".formatted(batch.producerId(), batch.producerEpoch(), why));
    }

    // ---- A batch is in the log

    /// @param base the offset of its first record
    /// @param now in milliseconds since the epoch
    /// @return how the producer's transaction has ended with it
    public End appended(long base, RecordBatch batch, long now) {
        EndMarker marker = batch.isControl() ? EndMarker.of(batch) : null;
        if (batch.isControl() && marker == null) {
            return End.NONE;
        }
        Producer producer = producers.of(batch.producerId());
        producer.enter(batch.producerEpoch());
        producer.appendedAt(now);
        if (marker != null) {
            producer.coordinatedBy(marker.coordinatorEpoch());
            end(producer, base, marker.aborts());
            return marker.aborts() ? End.ABORTED : End.COMMITTED;
        }
        int delta = batch.offsetCount() - 1;
        producer.appended(base + delta, Producer.lastSequenceOf(batch), delta);
        if (batch.isTransactional() && producer.transaction() == null) {
            producer.isIn(open.begin(base));
        }
        return End.NONE;
    }

    private void end(Producer producer, long marker, boolean aborts) {
        OpenTransaction transaction = producer.transaction();
        if (transaction == null) {
            return;
        }
        producer.isIn(null);
        open.ended(transaction, marker);
        if (aborts) {
            long stable = open.firstUndecided(marker + 1);
            aborted = aborted.with(producer.id(), transaction.first(), marker, stable);
        }
    }

    /// Everything before `end` is durable.
    public void visible(long end) {
        open.visible(end);
    }

    /// Everything before `start` is gone.
    public void trimBefore(long start) {
        aborted = aborted.from(start);
    }

    /// The first offset of the first transaction that is open, or whose end is not durable; [Message#NEVER] when there
    /// is none.
    public long firstUnstable() {
        return open.firstOffset();
    }

    /// Any thread.
    public AbortedTransactions aborted() {
        return aborted;
    }

    // ---- Time

    /// Forgets who has been idle for too long.
    ///
    /// @param patience how long that is, in milliseconds
    /// @return when to ask again; [Message#NEVER] when there is nobody
    public long expire(long now, long patience) {
        if (now >= nextExpiry || patience != rememberedFor) {
            rememberedFor = patience;
            producers.removeIf(each -> expiry(each, now) <= now);
            nextExpiry = Message.NEVER;
            producers.forEach(each -> nextExpiry = Math.min(nextExpiry, expiry(each, now)));
        }
        if (producers.size() == 0) {
            nextExpiry = 0; // whoever comes next is looked at
            return Message.NEVER;
        }
        return nextExpiry;
    }

    private long expiry(Producer producer, long now) {
        long from = producer.transaction() == null ? producer.lastAppendAt() : now;
        return from > Message.NEVER - rememberedFor ? Message.NEVER : from + rememberedFor;
    }

    // ---- What is known

    public boolean isEmpty() {
        return producers.size() == 0 && aborted.size() == 0;
    }

    public int size() {
        return producers.size();
    }

    public void forEach(Consumer<Producer> action) {
        producers.forEach(action);
    }

    public List<ProducerStatus> status() {
        var all = new ArrayList<ProducerStatus>();
        producers.forEach(each -> all.add(new ProducerStatus(
                each.id(),
                each.epoch(),
                each.lastSequence(),
                each.lastAppendAt(),
                each.coordinatorEpoch(),
                each.transactionStart())));
        return all;
    }

    // ---- A snapshot

    /// @param transactionStart -1 without an open transaction
    /// @param batches of each last offset, last sequence and distance of the first, the oldest first
    public void restore(
            long id, short epoch, int coordinatorEpoch, long lastAppendAt, long transactionStart, long[] batches) {
        Producer producer = producers.of(id);
        producer.enter(epoch);
        producer.coordinatedBy(coordinatorEpoch);
        producer.appendedAt(lastAppendAt);
        producer.isIn(transactionStart < 0 ? null : open.restore(transactionStart));
        for (int i = 0; i + 2 < batches.length; i += 3) {
            producer.appended(batches[i], (int) batches[i + 1], (int) batches[i + 2]);
        }
    }

    public void restoreAborted(long producer, long first, long last, long stable) {
        aborted = aborted.with(producer, first, last, stable);
    }

    /// Recovery has ended: everything is durable, and what has no time was appended at the latest now.
    public void recovered(long end, long start, long now) {
        open.visible(end);
        trimBefore(start);
        producers.forEach(each -> {
            if (each.lastAppendAt() == UNKNOWN) {
                each.appendedAt(now);
            }
        });
    }
}
