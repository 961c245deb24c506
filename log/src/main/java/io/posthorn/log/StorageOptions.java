package io.posthorn.log;

/// Sizes of a storage.
///
/// @param journalCapacity bytes of one journal segment
/// @param firstJournalCapacity bytes of the first journal segment after an open: small, so that opening is quick
/// @param maxJournalSegments journal segments at most; beyond, batches are refused until some are rolled over
/// @param dataCapacity bytes of one data segment
/// @param tailBudget memory for the journal's tail; what is not durable yet comes on top
/// @param volatileBudget memory for volatile logs before they spill
/// @param lowWaterMark free bytes below which publishers are stopped
public record StorageOptions(
        long journalCapacity,
        long firstJournalCapacity,
        int maxJournalSegments,
        long dataCapacity,
        long tailBudget,
        long volatileBudget,
        long lowWaterMark) {
    private static final long MIB = 1 << 20;

    /// Positions in a log's index are 32-bit distances, so the journal that is indexed must stay below this.
    private static final long MOST_INDEXED = 1L << 32;

    private static final StorageOptions DEFAULTS =
            new StorageOptions(256 * MIB, 16 * MIB, 8, 256 * MIB, 64 * MIB, 64 * MIB, 1024 * MIB);

    public StorageOptions {
        if (journalCapacity < 4096 || firstJournalCapacity < 4096 || dataCapacity < 4096) {
            throw new IllegalArgumentException("a segment holds at least 4096 bytes");
        }
        if (firstJournalCapacity > journalCapacity) {
            throw new IllegalArgumentException("the first journal segment is not larger than the others");
        }
        if (maxJournalSegments < 3) {
            throw new IllegalArgumentException("a journal needs 3 segments: written, next, and rolling over");
        }
        if (journalCapacity > MOST_INDEXED / 2 / maxJournalSegments) {
            throw new IllegalArgumentException("journal segments of 2 GiB in all are the most");
        }
        if (tailBudget < 0 || volatileBudget < 0 || lowWaterMark < 0) {
            throw new IllegalArgumentException("a budget is not negative");
        }
    }

    public static StorageOptions defaults() {
        return DEFAULTS;
    }

    /// For a storage whose segments are memory: everything held is heap, so hold little. A segment still takes two of
    /// the largest messages that a broker accepts by default, 16 MiB.
    public static StorageOptions inMemory() {
        return new StorageOptions(36 * MIB, 4 * MIB, 4, 36 * MIB, 8 * MIB, 64 * MIB, 0);
    }

    public StorageOptions withJournalCapacity(long bytes) {
        return new StorageOptions(
                bytes,
                Math.min(bytes, firstJournalCapacity),
                maxJournalSegments,
                dataCapacity,
                tailBudget,
                volatileBudget,
                lowWaterMark);
    }

    public StorageOptions withDataCapacity(long bytes) {
        return new StorageOptions(
                journalCapacity,
                firstJournalCapacity,
                maxJournalSegments,
                bytes,
                tailBudget,
                volatileBudget,
                lowWaterMark);
    }

    public StorageOptions withTailBudget(long bytes) {
        return new StorageOptions(
                journalCapacity,
                firstJournalCapacity,
                maxJournalSegments,
                dataCapacity,
                bytes,
                volatileBudget,
                lowWaterMark);
    }

    public StorageOptions withVolatileBudget(long bytes) {
        return new StorageOptions(
                journalCapacity,
                firstJournalCapacity,
                maxJournalSegments,
                dataCapacity,
                tailBudget,
                bytes,
                lowWaterMark);
    }

    public StorageOptions withLowWaterMark(long bytes) {
        return new StorageOptions(
                journalCapacity,
                firstJournalCapacity,
                maxJournalSegments,
                dataCapacity,
                tailBudget,
                volatileBudget,
                bytes);
    }
}
