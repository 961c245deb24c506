package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import io.posthorn.broker.topic.LeaseRules;
import io.posthorn.broker.topic.LeaseWish;
import io.posthorn.broker.topic.Leased;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaErrors;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.fetch.FetchMemory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// One fetch of a member: leases what is ready, partition after partition, until it has enough; waits when there is
/// nothing; and reads the batches in which that is. Confined to the io thread of its connection, but for the reading.
final class ShareFetch {
    private static final byte BATCH_OPTIMIZED = 0;

    /// More than this at once makes nobody faster.
    private static final int MOST_AT_ONCE = 8 * 1024 * 1024;

    private final KafkaRequest request;
    private final List<SharedPartition> partitions;
    private final Supplier<LeaseRules> currentRules;

    /// Those by which it leases now.
    private LeaseRules rules;

    private final Room room;
    private final ShareFetchAnswer answer;
    private final CompletableFuture<ShareFetchAnswer> result = new CompletableFuture<>();
    private final int maxWaitMs;
    private final int maxRecords;
    private final boolean wholeBatches;

    private State state = State.LEASING;
    private int recordsLeft;
    private int bytesLeft;

    /// The partition that is asked.
    private int at;

    /// Whether something has become ready since it was asked.
    private boolean isWoken;

    private boolean isDue;
    private @Nullable Runnable cancelTimer;

    /// What is read, and not in the answer yet.
    private @Nullable LeasedRead reading;

    private enum State {
        LEASING,
        WAITING,
        DONE
    }

    /// What a fetch shares with others.
    record Room(FetchMemory memory, Executor blocking, Cluster cluster) {}

    /// @param partitions those to fetch from, in the order in which they are asked
    ShareFetch(
            KafkaRequest request,
            ShareFetchRequestData data,
            List<SharedPartition> partitions,
            Supplier<LeaseRules> rules,
            Room room) {
        this.request = request;
        this.partitions = partitions;
        this.currentRules = rules;
        this.rules = rules.get();
        this.room = room;
        this.answer = new ShareFetchAnswer((int) this.rules.millis());
        this.maxWaitMs = data.maxWaitMs();
        this.maxRecords = data.maxRecords();
        this.recordsLeft = maxRecords;
        this.bytesLeft = Math.min(data.maxBytes(), room.memory().allowance(MOST_AT_ONCE));
        this.wholeBatches = data.shareAcquireMode() == BATCH_OPTIMIZED;
    }

    /// @return completes on the io thread
    CompletableFuture<ShareFetchAnswer> result() {
        return result;
    }

    void begin() {
        request.whenAbandoned(this::finish);
        guarded(this::lookForAll);
    }

    private void lookForAll() {
        for (SharedPartition each : partitions) {
            Errors found = each.find(request.topics(), room.cluster());
            if (found != Errors.NONE) {
                answer.failed(each, found);
            }
        }
        boolean isNothing = maxRecords <= 0 || bytesLeft <= 0 || answer.failures() == partitions.size();
        if (isNothing) {
            finish();
        } else {
            leaseNext();
        }
    }

    // ---- Leasing

    private void leaseNext() {
        while (at < partitions.size() && answer.hasFailed(partitions.get(at))) {
            at++;
        }
        if (at == partitions.size() || recordsLeft <= 0 || bytesLeft <= 0) {
            asked();
            return;
        }
        SharedPartition partition = partitions.get(at++);
        partition.holder().lease(LeaseWish.of(recordsLeft, partition.rules(rules)), new OnIo<>(partition) {
            @Override
            public void ok(List<Leased> leased) {
                guarded(() -> leased(partition, leased));
            }
        });
    }

    /// A reply that may come when nobody waits any more.
    private abstract class OnIo<T> implements Reply<T> {
        private final SharedPartition partition;

        OnIo(SharedPartition partition) {
            this.partition = partition;
        }

        @Override
        public void failed(BrokerException cause) {
            guarded(() -> {
                partition.close();
                answer.failed(partition, KafkaErrors.of(cause));
                if (state == State.LEASING) {
                    leaseNext();
                }
            });
        }
    }

    private void leased(SharedPartition partition, List<Leased> leased) {
        if (leased.isEmpty()) {
            leaseNext();
            return;
        }
        var read = new LeasedRead(
                request.topics(),
                partition.partition(),
                leased,
                bytesLeft,
                partition.rules(rules).isolation());
        reading = read;
        boolean isRead;
        try {
            isRead = read.readTail();
        } catch (BrokerException fault) {
            couldNotRead(partition, read, fault);
            return;
        }
        if (isRead) {
            hasRead(partition, read);
            return;
        }
        var _ = CompletableFuture.runAsync(read::readAll, room.blocking())
                .whenCompleteAsync(
                        (_, fault) -> hasReadAll(partition, read, fault),
                        request.connection().io());
    }

    private void hasReadAll(SharedPartition partition, LeasedRead read, @Nullable Throwable fault) {
        if (state == State.DONE) {
            read.records().copied();
            return;
        }
        guarded(() -> {
            if (fault == null) {
                hasRead(partition, read);
            } else {
                couldNotRead(partition, read, fault);
            }
        });
    }

    /// What was leased of it comes back, and the others have their turn.
    private void couldNotRead(SharedPartition partition, LeasedRead read, Throwable fault) {
        letGo(read);
        partition.close();
        answer.failed(partition, KafkaErrors.error(fault));
        leaseNext();
    }

    private void letGo(LeasedRead read) {
        read.records().copied();
        reading = null;
    }

    private void hasRead(SharedPartition partition, LeasedRead read) {
        if (!read.ends().isEmpty()) {
            partition.holder().end(read.ends(), new Ignored<>());
        }
        if (read.acquired().isEmpty()) {
            // There was nothing at those offsets; behind them there may be.
            letGo(read);
            at--;
            leaseNext();
            return;
        }
        long end = read.acquired().getLast().to();
        if (wholeBatches && end < read.batchEnd() && read.ends().isEmpty()) {
            var rest = new LeaseWish(Integer.MAX_VALUE, end, read.batchEnd(), partition.rules(rules));
            partition.holder().lease(rest, new Reply<>() {
                @Override
                public void ok(List<Leased> more) {
                    read.add(more);
                    guarded(() -> take(partition, read));
                }

                @Override
                public void failed(BrokerException cause) {
                    guarded(() -> take(partition, read));
                }
            });
        } else {
            take(partition, read);
        }
    }

    private void take(SharedPartition partition, LeasedRead read) {
        answer.found(partition, read.acquired(), read.records());
        reading = null;
        for (Leased each : read.acquired()) {
            recordsLeft -= (int) Math.min(recordsLeft, each.to() - each.from());
        }
        bytesLeft -= read.records().sizeInBytes();
        leaseNext();
    }

    private record Ignored<T>() implements Reply<T> {
        @Override
        public void ok(T value) {}

        @Override
        public void failed(BrokerException cause) {}
    }

    /// Every partition has said what it has.
    private void asked() {
        if (answer.isEmpty() && answer.failures() == 0 && !isDue && maxWaitMs > 0 && state == State.LEASING) {
            await();
        } else {
            finish();
        }
    }

    // ---- Waiting

    private void await() {
        state = State.WAITING;
        isWoken = false;
        if (cancelTimer == null) {
            cancelTimer = request.connection().after(maxWaitMs, () -> guarded(this::due));
        }
        var woken = new Reply<Done>() {
            @Override
            public void ok(Done done) {
                guarded(ShareFetch.this::woken);
            }

            @Override
            public void failed(BrokerException cause) {
                guarded(ShareFetch.this::woken);
            }
        };
        partitions.forEach(each -> each.holder().awaitReady(woken));
    }

    private void woken() {
        if (state == State.WAITING && !isWoken) {
            isWoken = true;
            // While it waited, the group may have got another configuration.
            rules = currentRules.get();
            state = State.LEASING;
            at = 0;
            leaseNext();
        }
    }

    private void due() {
        isDue = true;
        if (state == State.WAITING) {
            finish();
        }
    }

    // ---- The end

    private void finish() {
        if (state == State.DONE) {
            return;
        }
        state = State.DONE;
        if (cancelTimer != null) {
            cancelTimer.run();
        }
        abandonRead();
        long size = answer.sizeInBytes();
        room.memory().take(size);
        request.whenOver(() -> {
            room.memory().giveBack(size);
            answer.sent();
        });
        result.complete(answer);
    }

    /// Where the disk is read for it, who comes back from there lets go of it.
    private void abandonRead() {
        LeasedRead unfinished = reading;
        if (unfinished != null && unfinished.isRead()) {
            letGo(unfinished);
        }
    }

    /// A fault of ours ends the request, and not the connection's thread.
    private void guarded(Runnable step) {
        if (state == State.DONE) {
            return;
        }
        try {
            step.run();
        } catch (RuntimeException fault) {
            state = State.DONE;
            abandonRead();
            answer.sent();
            result.completeExceptionally(fault);
        }
    }
}
