package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.topic.Isolation;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One extent of a partition that is read before anybody asks for it. Confined to the io thread of its connection, but
/// for [#run].
final class ReadAhead {
    private final long offset;
    private final Isolation isolation;
    private final long reserved;
    private final ReadAheadBudget budget;
    private final CompletableFuture<@Nullable FoundRecords> read = new CompletableFuture<>();
    private boolean isOld;

    /// Reads what the extent is to hold. May block.
    interface Source {
        /// @return null where there is nothing that is worth keeping
        @Nullable
        FoundRecords read();
    }

    /// @param reserved bytes of the budget, which are given back
    ReadAhead(long offset, Isolation isolation, long reserved, ReadAheadBudget budget) {
        this.offset = offset;
        this.isolation = isolation;
        this.reserved = reserved;
        this.budget = budget;
    }

    long reserved() {
        return reserved;
    }

    boolean isFrom(long wanted, Isolation level) {
        return offset == wanted && isolation == level;
    }

    /// What cannot be read is read again, and spoken of, when somebody asks for it.
    void run(Source source) {
        FoundRecords found = null;
        try {
            found = source.read();
        } catch (BrokerException _) {
            // As if nobody had tried.
        } finally {
            if (found != null) {
                budget.takeAnyway(Math.max(0, found.held() - reserved));
            }
            read.complete(found);
        }
    }

    /// Completes when it is read.
    CompletableFuture<?> read() {
        return read;
    }

    boolean isRead() {
        return read.isDone();
    }

    /// What was read: null where there was nothing.
    @Nullable
    FoundRecords found() {
        return read.join();
    }

    /// The extent is its reader's now.
    void taken() {
        giveBack(read.join());
    }

    /// Nobody wants it any more.
    void drop() {
        var _ = read.thenAccept(found -> {
            giveBack(found);
            if (found != null) {
                found.close();
            }
        });
    }

    private void giveBack(@Nullable FoundRecords found) {
        budget.giveBack(found == null ? reserved : Math.max(reserved, found.held()));
    }

    /// @return whether this has been asked before
    boolean ages() {
        boolean was = isOld;
        isOld = true;
        return was;
    }
}
