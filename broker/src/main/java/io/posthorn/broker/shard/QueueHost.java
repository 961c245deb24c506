package io.posthorn.broker.shard;

import io.posthorn.broker.BatchOpener;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.MemoryBudget;
import io.posthorn.broker.message.MessageDecoder;
import io.posthorn.broker.queue.Consumer;
import io.posthorn.broker.queue.Counters;
import io.posthorn.broker.queue.Forwards;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.RecordReader;
import io.posthorn.broker.queue.ScatteredRead;
import io.posthorn.broker.queue.Surroundings;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.Journal;
import io.posthorn.log.LogStorage;
import io.posthorn.log.compaction.CompactionRules;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// The queues of a shard, and what they need of it. Confined to the shard's thread.
final class QueueHost implements Surroundings {
    private final int machine;
    private final Shard shard;
    private final Journal journal;
    private final SharedServices services;
    private final MemoryBudget memory;
    private final ShardEventCodec events;
    private final Counters counters = new Counters();
    private final MessageDecoder decoder = new MessageDecoder();
    private final QueueTable queues;
    private final Turns turns;
    private final Timers timers;
    private final Settling settlements;
    private final QueueNotes notes;
    private final ColdReads reads;
    private final ArrayList<Consumer> unflushed = new ArrayList<>();
    private long now;

    /// @param events the shard's; nobody writes to it while queues run
    QueueHost(
            int machine,
            Shard shard,
            LogStorage storage,
            ShardThreads threads,
            MemoryBudget memory,
            SharedServices services,
            ShardEventCodec events) {
        this.machine = machine;
        this.shard = shard;
        this.journal = storage.journal();
        this.memory = memory;
        this.services = services;
        this.events = events;
        this.now = threads.clock().millis();
        this.queues = new QueueTable(storage, this);
        this.turns = new Turns(queues);
        this.timers = new Timers(threads.timer(), shard::wake);
        this.settlements = new Settling(machine, journal, queues, events);
        this.notes = new QueueNotes(machine, journal);
        this.reads = new ColdReads(shard, queues, threads.blocking(), threads.timer(), counters);
    }

    QueueTable queues() {
        return queues;
    }

    Turns turns() {
        return turns;
    }

    Timers timers() {
        return timers;
    }

    Settling settlements() {
        return settlements;
    }

    ColdReads reads() {
        return reads;
    }

    /// A pass begins.
    ///
    /// @param millis wall time since the epoch
    void isNow(long millis) {
        now = millis;
    }

    void flushConsumers() {
        for (int i = 0; i < unflushed.size(); i++) {
            unflushed.get(i).flush();
        }
        unflushed.clear();
    }

    // ---- What queues need

    @Override
    public void activate(Queue queue) {
        turns.activate(queue);
    }

    @Override
    public void settled(Queue queue) {
        settlements.of(queue);
    }

    @Override
    public void touch(Queue queue) {
        events.write(new ShardEvent.Touched(queue.log().id()));
        journal.append(machine, events.take(), true);
        shard.park(new Touching(journal.end(), queue));
    }

    private record Touching(long position, Queue queue) implements ParkedReceipts.Parked {
        @Override
        public void durable() {
            queue.touchIsDurable();
        }
    }

    @Override
    public @Nullable BrokerException neverDurable() {
        return shard.neverDurable();
    }

    @Override
    public void flushLater(Consumer consumer) {
        unflushed.add(consumer);
    }

    @Override
    public void readCold(Queue queue, RecordReader reader, long offset, int maxBytes) {
        reads.forward(queue, reader, offset, maxBytes);
    }

    @Override
    public void readScattered(Queue queue, ScatteredRead read) {
        reads.scattered(queue, read);
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public void wakeAt(Queue queue, long millis) {
        timers.wakeAt(queue, millis);
    }

    @Override
    public void chunkBegun(Queue queue, long offset, long position, long previousEnd, long previousLatest) {
        notes.chunkBegun(queue, offset, position, previousEnd, previousLatest);
    }

    @Override
    public void compact(Queue queue, long from, long to, CompactionRules rules) {
        services.compactor()
                .compact(queue.log(), from, to, rules, end -> shard.submit(new Command.Compacted(queue, end)));
    }

    @Override
    public void closeSoon() {
        services.compactor().closeSoon(now);
    }

    @Override
    public void compactedTo(Queue queue, long offset) {
        notes.compactedTo(queue, offset);
    }

    @Override
    public void timesKnown(Queue queue) {
        notes.timesKnown(queue);
    }

    @Override
    public void unused(Queue queue) {
        QueueEntry entry = queues.entryOf(queue);
        if (entry != null) {
            services.unused().accept(entry);
        }
    }

    @Override
    public Forwards forwards(Queue queue) {
        var source = (QueueEntry) queue.handle();
        return services.forwarder().from(source.virtualHost(), null, source.log(), new ForwardReceipts(shard, source));
    }

    @Override
    public BatchOpener opener() {
        return services.opener();
    }

    @Override
    public MessageDecoder decoder() {
        return decoder;
    }

    @Override
    public MemoryBudget memory() {
        return memory;
    }

    @Override
    public Counters counters() {
        return counters;
    }
}
