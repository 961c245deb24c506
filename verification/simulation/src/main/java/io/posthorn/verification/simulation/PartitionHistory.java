package io.posthorn.verification.simulation;

import io.posthorn.broker.topic.AbortedTransaction;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.PartitionBounds;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.RecordCursor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What was promised of one partition, and what has been read of it. Outlives every process.
///
/// - What was acknowledged as durable is read at the offset that was told, for ever.
/// - An offset, once read, never holds anything else, and nothing is at two offsets.
/// - Who reads what is committed reads nothing of a transaction before it was decided that it commits.
final class PartitionHistory {
    private final String name;

    /// What is at an offset, as somebody has read it.
    private final TreeMap<Long, Long> read = new TreeMap<>();

    private final Map<Long, Long> offsets = new HashMap<>();
    private final Map<Long, Long> acknowledged = new HashMap<>();
    private final Map<Long, Decision> transactions = new HashMap<>();
    private final Set<Long> refused = new HashSet<>();

    /// Up to here somebody has asked for records to be deleted.
    private long deletedBefore;

    /// What became of a transaction.
    static final class Decision {
        @Nullable
        Boolean commits;
    }

    PartitionHistory(String name) {
        this.name = name;
    }

    @Override
    public String toString() {
        return name;
    }

    private InvariantBroken broken(String what) {
        return new InvariantBroken(name + ": " + what);
    }

    // ---- What was promised

    void sent(List<Long> values, @Nullable Decision transaction) {
        if (transaction != null) {
            values.forEach(value -> transactions.put(value, transaction));
        }
    }

    /// What must never be there.
    void refused(List<Long> values) {
        refused.addAll(values);
    }

    void acknowledged(long base, List<Long> values) {
        for (int i = 0; i < values.size(); i++) {
            long value = values.get(i);
            Long before = acknowledged.put(value, base + i);
            if (before != null && before != base + i) {
                throw broken("%d was acknowledged at %d, and now at %d".formatted(value, before, base + i));
            }
            isAt(base + i, value);
        }
    }

    void askedToDelete(long before) {
        deletedBefore = Math.max(deletedBefore, before);
    }

    /// Everything that somebody may read again.
    boolean isDeleted(long offset) {
        return offset < deletedBefore;
    }

    private void isAt(long offset, long value) {
        Long there = read.put(offset, value);
        if (there != null && there != value) {
            throw broken("at %d was %d, and now is %d".formatted(offset, there, value));
        }
        Long elsewhere = offsets.put(value, offset);
        if (elsewhere != null && elsewhere != offset) {
            throw broken("%d is at %d and at %d".formatted(value, elsewhere, offset));
        }
        if (refused.contains(value)) {
            throw broken("%d was refused, and is at %d".formatted(value, offset));
        }
    }

    private boolean isCommitted(long value) {
        Decision transaction = transactions.get(value);
        return transaction == null || Boolean.TRUE.equals(transaction.commits);
    }

    // ---- What is read

    /// @return the values that a reader of this isolation takes from the batches
    List<Long> read(
            long from,
            List<RecordBatch> batches,
            PartitionBounds bounds,
            Isolation isolation,
            List<AbortedTransaction> aborted) {
        var taken = new ArrayList<Long>();
        var pending = new ArrayList<>(aborted);
        pending.sort(Comparator.comparingLong(AbortedTransaction::firstOffset));
        var dropping = new HashSet<Long>();
        long last = -1;
        for (RecordBatch batch : batches) {
            if (batch.baseOffset() <= last || batch.lastOffset() >= bounds.end(isolation)) {
                throw broken("%s follows on %d, before %s".formatted(batch, last, bounds));
            }
            last = batch.lastOffset();
            while (!pending.isEmpty() && pending.getFirst().firstOffset() <= batch.lastOffset()) {
                dropping.add(pending.removeFirst().producerId());
            }
            if (batch.isControl()) {
                dropping.remove(batch.producerId());
                continue;
            }
            boolean dropped = batch.isTransactional() && dropping.contains(batch.producerId());
            RecordCursor record = batch.records();
            while (record.next()) {
                long value = record.value() == null
                        ? -1
                        : record.value().asByteBuffer().getLong();
                isAt(record.offset(), value);
                if (!dropped && record.offset() >= from) {
                    taken.add(value);
                }
            }
        }
        if (isolation == Isolation.READ_COMMITTED) {
            for (long value : taken) {
                if (!isCommitted(value)) {
                    throw broken("%d is read, and its transaction did not commit".formatted(value));
                }
            }
        }
        return taken;
    }

    /// Everything was read from `start` on.
    void wasReadWholly(Set<Long> values, PartitionBounds bounds, boolean committedOnly) {
        acknowledged.forEach((value, offset) -> {
            boolean wanted = !committedOnly || (isCommitted(value) && offset < bounds.lastStable());
            if (wanted && offset >= bounds.start() && !values.contains(value)) {
                throw broken("%d was acknowledged at %d, and is not there: %s".formatted(value, offset, bounds));
            }
            // Nobody takes it, and nobody has deleted it.
            if (isCommitted(value) && offset < bounds.start() && !isDeleted(offset)) {
                throw broken("%d was acknowledged at %d, and is gone: %s".formatted(value, offset, bounds));
            }
        });
    }

    /// What consumers were given of everything, each once.
    void wasTaken(List<Long> values, PartitionBounds before) {
        var once = new HashSet<Long>();
        for (long value : values) {
            if (!once.add(value)) {
                throw broken(value + " was taken twice");
            }
            if (!isCommitted(value)) {
                throw broken(value + " was taken, and its transaction did not commit");
            }
        }
        acknowledged.forEach((value, offset) -> {
            if (isCommitted(value) && offset >= before.start() && !isDeleted(offset) && !once.contains(value)) {
                throw broken("%d was acknowledged at %d, and nobody got it".formatted(value, offset));
            }
        });
    }
}
