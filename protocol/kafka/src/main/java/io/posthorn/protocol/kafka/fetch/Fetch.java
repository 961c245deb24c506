package io.posthorn.protocol.kafka.fetch;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.Topics;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;

/// One fetch: looks whether there is enough, waits for it where there is not, and reads. Confined
/// to the io thread of its connection, but for [#moved] and reads from disk.
///
/// It waits for all its partitions at once: each of them tells when it moves, and nobody looks in
/// between, nor at others.
final class Fetch {
    /// So long a client waits that wants not to wait, while what it asks for is being synced: it would ask
    /// again at once, and again, on the processor that the sync needs.
    private static final int MOMENT_MS = 10;

    private final KafkaRequest request;
    private final FetchAnswer answer;
    private final WatchSet watch;
    private final Topics topics;
    private final Isolation isolation;
    private final FetchMemory memory;
    private final FetchPace pace;
    private final ReadAheads ahead;
    private final ReadBuffers buffers;
    private final Executor blocking;
    private final FinderSource finders;
    private final int minBytes;
    private final int maxWaitMs;
    private final int limit;
    private final CompletableFuture<FetchResponse> result = new CompletableFuture<>();

    private final AtomicBoolean isWoken = new AtomicBoolean();
    private State state = State.LOOKING;
    private @Nullable Runnable cancelTimer;
    private boolean isDue;
    private int left;
    private boolean hasRead;
    private boolean hasReadDisk;

    private enum State {
        LOOKING,
        /// Watches its partitions.
        WAITING,
        /// Everything is decided, and perhaps on its way from the disk.
        READING
    }

    /// Where a look at the topics that there are now comes from.
    interface FinderSource {
        Finder finder();
    }

    Fetch(KafkaRequest request, FetchRequestData body, FetchAnswer answer, Room room) {
        this.request = request;
        this.answer = answer;
        this.watch = answer.watch();
        this.topics = request.topics();
        this.isolation = FetchedPartition.isolation(body.isolationLevel());
        this.memory = room.memory();
        this.ahead = room.ahead();
        this.buffers = room.buffers();
        this.blocking = room.blocking();
        this.finders = room.finders();
        this.maxWaitMs = body.maxWaitMs();
        this.pace = room.pace();
        this.limit = Math.min(body.maxBytes(), memory.allowance(pace.bytes()));
        this.minBytes = Math.min(body.minBytes(), limit);
    }

    /// What a fetch shares with others; what is read ahead with those of its connection.
    record Room(
            FetchMemory memory,
            ReadBuffers buffers,
            Executor blocking,
            FinderSource finders,
            FetchPace pace,
            ReadAheads ahead) {}

    CompletableFuture<FetchResponse> result() {
        return result;
    }

    void begin() {
        guarded(this::findAndLook);
    }

    private void findAndLook() {
        watch.takeMoved();
        isDue = maxWaitMs <= 0 || minBytes <= 0 || answer.partitions().isEmpty();
        isDue |= !find();
        if (hasEnough()) {
            read();
        } else if (!isDue) {
            await(maxWaitMs);
        } else if (minBytes > 0 && isAnySyncing() && !isAnyRefused()) {
            isDue = false;
            await(MOMENT_MS);
        } else {
            read();
        }
    }

    private boolean isAnySyncing() {
        for (FetchedPartition wanted : answer.partitions()) {
            if (wanted.isSyncing()) {
                return true;
            }
        }
        return false;
    }

    private void await(int millis) {
        state = State.WAITING;
        if (cancelTimer == null) {
            cancelTimer = request.connection().after(millis, () -> guarded(this::due));
            request.whenAbandoned(() -> guarded(this::due));
        }
        if (!watch.isWatching()) {
            watch.beginWatching();
            // Something may have moved before it was watched.
            isDue |= !find();
        }
        watch.sleep(this::moved);
        look();
    }

    /// @return whether all of them can be read
    private boolean find() {
        Finder finder = finders.finder();
        boolean all = true;
        for (FetchedPartition wanted : partitions()) {
            all &= wanted.find(finder, watch, limit, isDue);
        }
        return all;
    }

    private boolean hasEnough() {
        long sum = 0;
        for (FetchedPartition wanted : partitions()) {
            if (sum >= minBytes) {
                return true;
            }
            sum += wanted.count(topics, isolation, minBytes);
        }
        return sum >= minBytes;
    }

    // ---- Waiting

    /// On the thread of a shard.
    private void moved() {
        if (!isWoken.getAndSet(true)) {
            request.connection().io().execute(() -> guarded(this::look));
        }
    }

    private void look() {
        if (state != State.WAITING) {
            return;
        }
        isWoken.set(false);
        watch.takeMoved();
        if (isDue || hasEnough() || isAnyDeleted()) {
            read();
        } else {
            watch.settle(isolation);
        }
    }

    private boolean isAnyDeleted() {
        for (FetchedPartition wanted : partitions()) {
            if (wanted.isDeleted()) {
                return true;
            }
        }
        return false;
    }

    private void due() {
        isDue = true;
        if (state == State.WAITING) {
            read();
        }
    }

    // ---- Reading

    private void read() {
        boolean hasWaited = state == State.WAITING;
        watch.wake();
        state = State.READING;
        if (hasWaited) {
            answer.lookAgain();
            isDue |= !find();
        }
        left = limit;
        readFrom(partitions());
    }

    private void readFrom(Collection<FetchedPartition> wanted) {
        var missing = new Missing();
        for (FetchedPartition one : wanted) {
            if (one.hasMore(isolation) && (left > 0 || !hasRead)) {
                readMemory(one, missing);
            }
        }
        if (missing.isNothing()) {
            answerOrWait();
        } else {
            var _ = missing.read()
                    .whenCompleteAsync(
                            (_, fault) -> diskWasRead(missing, fault),
                            request.connection().io());
        }
    }

    /// What is not in memory.
    private final class Missing {
        private final List<FetchedPartition> cold = new ArrayList<>(0);

        /// What is being read for them already.
        private final List<FetchedPartition> onTheirWay = new ArrayList<>(0);

        private final List<CompletableFuture<?>> reads = new ArrayList<>(0);

        boolean isNothing() {
            return cold.isEmpty() && reads.isEmpty();
        }

        void add(FetchedPartition wanted, ReadAhead extent) {
            onTheirWay.add(wanted);
            reads.add(extent.read());
        }

        CompletableFuture<?> read() {
            if (!cold.isEmpty()) {
                reads.add(CompletableFuture.runAsync(() -> readDisk(cold), blocking));
            }
            return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new));
        }
    }

    private void diskWasRead(Missing missing, @Nullable Throwable fault) {
        if (fault == null) {
            guarded(() -> readFrom(missing.onTheirWay));
        } else {
            fail(fault);
        }
    }

    /// A fault of ours ends the request, and not the connection's thread.
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException fault) {
            fail(fault);
        }
    }

    private void readMemory(FetchedPartition wanted, Missing missing) {
        try {
            ReadAhead extent = wanted.ahead(ahead, isolation);
            if (extent != null && !extent.isRead()) {
                missing.add(wanted, extent);
                return;
            }
            if (extent != null && takeAhead(wanted, extent.found())) {
                return;
            }
            FoundRecords found = wanted.readTail(topics, left, isolation);
            if (found != null) {
                take(wanted, found, false);
            } else {
                missing.cold.add(wanted);
            }
        } catch (BrokerException failure) {
            wanted.fail(failure);
        }
    }

    /// @return whether what was read ahead is what the client gets, now or the next time
    private boolean takeAhead(FetchedPartition wanted, @Nullable FoundRecords found) {
        if (found != null && hasRead && !wanted.fits(found, left)) {
            return true;
        }
        // A client that takes less than it did gets what it asks for; a batch that is too large goes out as it is.
        if (found == null || found.count() == 0 || (!wanted.fits(found, left) && found.count() > 1)) {
            wanted.dropAhead(ahead);
            return false;
        }
        wanted.takeAhead(ahead);
        take(wanted, found, true);
        return true;
    }

    private void readDisk(List<FetchedPartition> cold) {
        for (FetchedPartition wanted : cold) {
            if (left <= 0 && hasRead) {
                return;
            }
            try {
                take(wanted, wanted.read(buffers, topics, left, isolation), true);
            } catch (BrokerException failure) {
                wanted.fail(failure);
            }
        }
    }

    // A first batch that is too large goes out nevertheless, but only where nothing else does: its client would not get
    // on. Others come first the next time.
    private void take(FetchedPartition wanted, FoundRecords found, boolean fromDisk) {
        int size = found.sizeInBytes();
        if (size == 0 || (hasRead && size > left)) {
            found.close();
            return;
        }
        wanted.take(found, fromDisk, topics, isolation);
        left -= size;
        hasRead = true;
        hasReadDisk |= fromDisk;
    }

    // There may be nothing to read before the end: of a queue, where all that is there is settled; of a compacted
    // topic.
    private void answerOrWait() {
        if (hasRead || isDue || isAnyRefused()) {
            if (cancelTimer != null) {
                cancelTimer.run();
            }
            answerNow();
        } else {
            partitions().forEach(wanted -> wanted.countFromEnd(isolation));
            await(maxWaitMs);
        }
    }

    private boolean isAnyRefused() {
        for (FetchedPartition wanted : partitions()) {
            if (wanted.error() != Errors.NONE) {
                return true;
            }
        }
        return false;
    }

    private void answerNow() {
        if (hasReadDisk) {
            readOn();
        }
        var sent = new ArrayList<FoundRecords>();
        request.whenOver(() -> {
            pace.answered();
            sent.forEach(FoundRecords::close);
        });
        FetchResponse response = answer.build(isolation, sent);
        long held = heldBy(sent);
        memory.take(held);
        request.whenOver(() -> memory.giveBack(held));
        result.complete(response);
    }

    /// While the client works on this answer: first what it did not get, which it will ask for again; then what follows
    /// what it got.
    private void readOn() {
        boolean hasRoom = true;
        for (FetchedPartition wanted : partitions()) {
            hasRoom = hasRoom && (wanted.hasRecords() || wanted.readOn(ahead, buffers, limit, topics, isolation));
        }
        for (FetchedPartition wanted : partitions()) {
            hasRoom = hasRoom && (!wanted.isFromDisk() || wanted.readOn(ahead, buffers, limit, topics, isolation));
        }
    }

    private static long heldBy(List<FoundRecords> sent) {
        long held = 0;
        for (FoundRecords records : sent) {
            held += records.held();
        }
        return held;
    }

    private void fail(Throwable fault) {
        watch.wake();
        state = State.READING;
        for (FetchedPartition wanted : answer.partitions()) {
            wanted.giveBack();
        }
        answer.abandon();
        result.completeExceptionally(fault);
    }

    /// Those that are worth a look.
    private Collection<FetchedPartition> partitions() {
        return watch.candidates();
    }
}
