package io.posthorn.protocol.kafka.transaction;

/// The ids that may still be given out. A block of them is reserved durably before the first of it is given
/// out, so that none is given out twice, whatever happens; after a restart the rest of a block is left
/// unused. Confined to the thread of its coordinator.
final class ProducerIds {
    private static final int BLOCK = 1_000;

    private long next;
    private long end;

    /// Nothing is reserved yet, and everything before `end` may have been given out.
    ProducerIds(long end) {
        this.next = end;
        this.end = end;
    }

    boolean isEmpty() {
        return next == end;
    }

    long take() {
        if (isEmpty()) {
            throw new IllegalStateException("there are no producer ids left before " + end);
        }
        return next++;
    }

    /// Where the next block ends.
    long nextEnd() {
        return end + BLOCK;
    }

    /// Everything before this is durably ours.
    void reserved(long newEnd) {
        end = newEnd;
    }
}
