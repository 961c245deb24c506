package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.topic.AbortedTransaction;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.Leased;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.PartitionSlice;
import io.posthorn.broker.topic.Topics;
import io.posthorn.log.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the batches in which leased offsets are. What does not fit is given back unseen, and where no record ever was,
/// or none for those who read as the group does, there is nothing to be delivered. Confined to one thread at a time.
final class LeasedRead {
    /// Records of a few offsets may lie in front of many that nobody asked for.
    private static final int AT_ONCE = 512 * 1024;

    private final Topics topics;
    private final Partition partition;
    private final List<Leased> leased;
    private final Isolation isolation;
    private final SharedRecords records = new SharedRecords();
    private final List<Leased> acquired = new ArrayList<>();
    private final List<LeaseEnd> ends = new ArrayList<>();
    private int left;

    /// Volatile, since a disk is read on another thread.
    private volatile boolean isRead;

    /// The range that is being read, and how far it is.
    private int range;

    private long next;

    /// The batches that were added, by their offsets: all leased offsets in them can be delivered.
    private long batchEnd;

    /// @param leased in the order of the offsets, at least one
    /// @param most bytes
    /// @param isolation whether what is aborted is left out
    LeasedRead(Topics topics, Partition partition, List<Leased> leased, int most, Isolation isolation) {
        this.topics = topics;
        this.partition = partition;
        this.leased = leased;
        this.left = most;
        this.isolation = isolation;
        this.next = leased.getFirst().from();
    }

    /// Reads on as far as that is possible without the disk.
    ///
    /// @return whether that was everything
    boolean readTail() {
        return read(false);
    }

    /// Reads the rest, from wherever it is. May block.
    void readAll() {
        read(true);
    }

    /// Whether there is no more to be read.
    boolean isRead() {
        return isRead;
    }

    private boolean read(boolean mayBlock) {
        while (range < leased.size() && left > 0) {
            PartitionSlice slice = slice(mayBlock);
            if (slice == null) {
                return false;
            }
            take(slice);
        }
        for (; range < leased.size(); range++) {
            unseen(Math.max(next, leased.get(range).from()), leased.get(range).to());
        }
        isRead = true;
        return true;
    }

    // What is leased may be read, whatever became of its transaction meanwhile.
    private @Nullable PartitionSlice slice(boolean mayBlock) {
        long from = Math.max(next, partition.bounds().start());
        int most = Math.min(left, AT_ONCE);
        return mayBlock
                ? topics.read(partition, from, most, Isolation.READ_UNCOMMITTED)
                : topics.readTail(partition, from, most, Isolation.READ_UNCOMMITTED);
    }

    private void take(PartitionSlice slice) {
        List<RecordBatch> batches = slice.batches();
        if (batches.isEmpty()) {
            slice.close();
            goTo(Long.MAX_VALUE);
            return;
        }
        boolean isHeld = false;
        List<AbortedTransaction> aborted = isolation == Isolation.READ_UNCOMMITTED
                ? List.of()
                : topics.aborted(
                        partition,
                        batches.getFirst().baseOffset(),
                        batches.getLast().lastOffset() + 1);
        for (RecordBatch batch : batches) {
            goTo(batch.baseOffset());
            if (range == leased.size() || next > batch.lastOffset()) {
                continue;
            }
            if (isNothing(batch, aborted)) {
                goTo(batch.lastOffset() + 1);
                continue;
            }
            if (records.sizeInBytes() > 0 && batch.sizeInBytes() > left) {
                left = 0;
                break;
            }
            if (!isHeld) {
                isHeld = true;
                records.hold(slice);
            }
            records.add(batch);
            left -= batch.sizeInBytes();
            acquire(batch.lastOffset() + 1);
        }
        if (!isHeld) {
            slice.close();
        }
    }

    private static boolean isNothing(RecordBatch batch, List<AbortedTransaction> aborted) {
        if (batch.isControl()) {
            return true;
        }
        return batch.isTransactional()
                && aborted.stream()
                        .anyMatch(each -> each.producerId() == batch.producerId()
                                && each.firstOffset() <= batch.baseOffset()
                                && batch.baseOffset() < each.lastOffset());
    }

    /// There is nothing before this offset.
    private void goTo(long offset) {
        while (range < leased.size() && next < offset) {
            Leased each = leased.get(range);
            long from = Math.max(next, each.from());
            long to = Math.min(offset, each.to());
            if (from < to) {
                ends.add(new LeaseEnd(from, to, LeaseEnd.How.ACCEPTED));
            }
            advance(offset);
        }
    }

    /// Everything before this offset that is leased was found.
    private void acquire(long end) {
        batchEnd = end;
        while (range < leased.size() && next < end) {
            Leased each = leased.get(range);
            long from = Math.max(next, each.from());
            long to = Math.min(end, each.to());
            if (from < to) {
                acquired.add(new Leased(from, to, each.deliveries()));
            }
            advance(end);
        }
    }

    /// To `offset`, or to the next range that begins behind it.
    private void advance(long offset) {
        if (leased.get(range).to() <= offset) {
            range++;
            next = range < leased.size() ? leased.get(range).from() : offset;
        } else {
            next = Math.max(next, offset);
        }
    }

    private void unseen(long from, long to) {
        if (from < to) {
            ends.add(new LeaseEnd(from, to, LeaseEnd.How.UNSEEN));
        }
    }

    // ---- What was found

    SharedRecords records() {
        return records;
    }

    /// What can be delivered.
    List<Leased> acquired() {
        return acquired;
    }

    /// More of the last batch is leased.
    void add(List<Leased> more) {
        acquired.addAll(more);
    }

    /// What becomes of the other leased offsets.
    List<LeaseEnd> ends() {
        return ends;
    }

    /// Where the last batch ends that is in [#records].
    long batchEnd() {
        return batchEnd;
    }
}
