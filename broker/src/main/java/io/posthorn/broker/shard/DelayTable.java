package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.MemoryBudget;
import io.posthorn.broker.Reply;
import io.posthorn.broker.delay.Bucket;
import io.posthorn.broker.delay.BucketState;
import io.posthorn.broker.delay.DelaySurroundings;
import io.posthorn.broker.delay.DelayedMessages;
import io.posthorn.broker.delay.Due;
import io.posthorn.broker.queue.OffsetRanges;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.LogIds;
import io.posthorn.log.Log;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import io.posthorn.log.LogStorage;
import io.posthorn.log.RecordCursor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The delayed messages of one shard, by the exchanges at which they wait. Confined to the shard's thread.
final class DelayTable implements DelaySurroundings {
    private static final Logger LOG = System.getLogger(DelayTable.class.getName());
    private static final int FORWARDED_PER_TURN = 1024;

    private final int machine;
    private final Shard shard;
    private final LogStorage storage;
    private final Forwarder forwarder;
    private final ShardEventCodec events = new ShardEventCodec();
    private final Map<LogId, DelayedMessages> exchanges = new HashMap<>();
    private final Map<LogId, DelayForwards> ways = new HashMap<>();
    private final ArrayList<Dirty> dirty = new ArrayList<>();

    /// Those whose code threw: what they hold in memory cannot be trusted.
    private final Set<DelayedMessages> setAside = new HashSet<>();

    private long lastNumber;

    private record Dirty(DelayedMessages messages, Bucket bucket) {}

    DelayTable(int machine, Shard shard, LogStorage storage, Forwarder forwarder) {
        this.machine = machine;
        this.shard = shard;
        this.storage = storage;
        this.forwarder = forwarder;
    }

    // ---- Exchanges come and go

    /// No log is given an id again that was used before the restart.
    void recovered(long usedNumber) {
        lastNumber = usedNumber;
    }

    void recovered(DelayEntry exchange, List<BucketState> buckets) {
        buckets.forEach(open(exchange)::recovered);
    }

    DelayedMessages open(DelayEntry entry) {
        return exchanges.computeIfAbsent(entry.id(), _ -> new DelayedMessages(entry, this));
    }

    void drop(DelayEntry entry) {
        DelayedMessages messages = exchanges.remove(entry.id());
        ways.remove(entry.id());
        if (messages != null) {
            setAside.remove(messages);
            messages.drop();
        }
    }

    /// Null when it is gone.
    @Nullable
    DelayedMessages get(DelayEntry entry) {
        return exchanges.get(entry.id());
    }

    /// All buckets that survive a restart, with the exchange that each belongs to.
    void forEachDurable(BiConsumer<DelayEntry, Bucket> action) {
        for (DelayedMessages messages : exchanges.values()) {
            if (messages.entry().durable()) {
                messages.buckets().forEach(bucket -> action.accept(messages.entry(), bucket));
            }
        }
    }

    /// The highest number that a log of a bucket ever had.
    long lastNumber() {
        return lastNumber;
    }

    // ---- One pass

    /// When [#work] has something to do.
    long wakeAt() {
        long first = Long.MAX_VALUE;
        for (DelayedMessages messages : exchanges.values()) {
            if (!setAside.contains(messages)) {
                first = Math.min(first, messages.wakeAt());
            }
        }
        return first;
    }

    /// Does what is due.
    ///
    /// @return whether there is more to do at once
    boolean work() {
        if (exchanges.isEmpty()) {
            return false;
        }
        boolean more = false;
        for (DelayedMessages messages : exchanges.values()) {
            if (!setAside.contains(messages)) {
                more |= work(messages);
            }
        }
        for (DelayForwards way : ways.values()) {
            way.flush();
        }
        return more;
    }

    private boolean work(DelayedMessages messages) {
        try {
            return messages.work(FORWARDED_PER_TURN);
        } catch (LogException e) {
            LOG.log(Level.DEBUG, "delayed messages wait for the disk", e);
            messages.postpone();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "what waits at " + messages.entry() + " is kept, and comes after a restart", e);
            setAside.add(messages);
        }
        return false;
    }

    /// Journals what was settled in this pass.
    void recordSettlements() {
        int kept = 0;
        for (int i = 0; i < dirty.size(); i++) {
            if (!record(dirty.get(i))) {
                dirty.set(kept++, dirty.get(i));
            }
        }
        dirty.subList(kept, dirty.size()).clear();
    }

    /// @return false when it must be tried again, because there was no room
    private boolean record(Dirty each) {
        Bucket bucket = each.bucket;
        if (bucket.isClosed()) {
            return true;
        }
        try {
            if (each.messages.entry().durable()) {
                events.write(new ShardEvent.Settled(bucket.id(), bucket.newlySettled()));
                storage.journal().append(machine, events.take(), false);
            }
            each.messages.recorded(bucket);
        } catch (LogException.StorageFull e) {
            return false;
        } catch (LogException.Poisoned e) {
            // What is settled in memory comes again after the restart.
            bucket.newlySettled().clear();
        }
        return true;
    }

    // ---- What delayed messages need

    @Override
    public long now() {
        return shard.now();
    }

    @Override
    public LogId newLog(boolean durable) {
        return LogIds.delayedLog(machine, ++lastNumber, durable);
    }

    @Override
    public Log open(LogId log, boolean durable) {
        return durable ? storage.open(log) : storage.openVolatile(log);
    }

    @Override
    public void opened(Bucket bucket, DelayEntry of) {
        if (of.durable()) {
            events.write(new ShardEvent.DelayBegun(bucket.id(), of.id(), bucket.span()));
            storage.journal().append(machine, events.take(), false);
        }
    }

    @Override
    public void closed(Bucket bucket) {
        try {
            storage.drop(bucket.id());
            if (!LogIds.isVolatile(bucket.id())) {
                events.write(new ShardEvent.DelayEnded(bucket.id()));
                storage.journal().append(machine, events.take(), false);
            }
        } catch (LogException e) {
            // The restart finds an empty bucket, or one of an exchange that is gone, and closes it.
            LOG.log(Level.DEBUG, "that a bucket has ended could not be written", e);
        }
    }

    @Override
    public void settled(DelayedMessages of, Bucket bucket) {
        dirty.add(new Dirty(of, bucket));
    }

    @Override
    public void settles(DelayedMessages of, Bucket bucket, long offset) {
        if (of.entry().durable()) {
            var one = new OffsetRanges();
            one.add(offset, offset + 1);
            events.write(new ShardEvent.Settled(bucket.id(), one));
            storage.journal().append(machine, events.take(), true);
        }
    }

    @Override
    public void read(Runnable reading) {
        shard.runBlocking(reading);
    }

    @Override
    public void then(Runnable task) {
        shard.submit(new Command.Continue(task));
    }

    @Override
    public void forward(DelayedMessages from, Bucket bucket, RecordCursor record, Due due) {
        ways.computeIfAbsent(from.entry().id(), _ -> new DelayForwards(from, shard, forwarder))
                .forward(bucket, record, due);
    }

    @Override
    public MemoryBudget memory() {
        return shard.memory();
    }

    // ---- Questions

    void list(Command.ListDelayed list) {
        DelayedMessages messages = exchanges.get(list.exchange().id());
        if (messages == null) {
            list.reply().failed(gone(list.exchange()));
            return;
        }
        messages.list(
                list.behind(), list.most(), found -> then(() -> list.reply().ok(found)));
    }

    void cancel(Command.CancelDelayed cancel, boolean stopped) {
        DelayEntry entry = cancel.exchange();
        DelayedMessages messages = exchanges.get(entry.id());
        if (stopped || messages == null) {
            cancel.reply().failed(stopped ? new BrokerException.ShuttingDown("the broker is stopping") : gone(entry));
        } else {
            cancel(messages, cancel.id(), cancel.reply());
        }
    }

    private void cancel(DelayedMessages messages, long id, Reply<Boolean> reply) {
        try {
            boolean waited = messages.cancel(id);
            if (waited && messages.entry().durable()) {
                shard.park(new Cancelled(storage.journal().end(), reply));
            } else {
                reply.ok(waited);
            }
        } catch (LogException e) {
            reply.failed(Failures.of(e));
        }
    }

    private record Cancelled(long position, Reply<Boolean> reply) implements ParkedReceipts.Parked {
        @Override
        public void durable() {
            reply.ok(true);
        }

        @Override
        public void never(BrokerException cause) {
            reply.failed(cause);
        }
    }

    private static BrokerException gone(DelayEntry entry) {
        return new BrokerException.NotFound("no " + entry);
    }
}
