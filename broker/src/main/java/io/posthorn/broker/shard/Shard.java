package io.posthorn.broker.shard;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BatchOpener;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.MemoryBudget;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.Timer;
import io.posthorn.broker.message.MessageDecoder;
import io.posthorn.broker.queue.Consumer;
import io.posthorn.broker.queue.Counters;
import io.posthorn.broker.queue.Forwards;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.QueueState;
import io.posthorn.broker.queue.RecordReader;
import io.posthorn.broker.queue.ScatteredRead;
import io.posthorn.broker.queue.Surroundings;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.Journal;
import io.posthorn.log.LogException;
import io.posthorn.log.LogStorage;
import io.posthorn.log.compaction.CompactionRules;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A share of all queues, and the one writer of their logs and events. Commands come in by [#submit] or
/// [#offer], from any thread; everything else happens on the shard's executor, one pass at a time.
///
/// A pass takes what waits in the mailbox, appends and settles, shows what has become durable, dispatches, and
/// hands over answers and deliveries, once per session.
public final class Shard implements Surroundings {
    private static final Logger LOG = System.getLogger(Shard.class.getName());

    private static final int COMMANDS_PER_PASS = 512;

    private final int machine;
    private final SessionSpec.IoExecutor executor;
    private final Executor blocking;
    private final Journal journal;
    private final MemoryBudget memory;
    private final InstantSource clock;
    private final Timers timers;
    private final long mostUnsynced;
    private final Mailbox mailbox;
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final java.util.Queue<Runnable> refused = new ConcurrentLinkedQueue<>();
    private final java.util.function.Consumer<QueueEntry> unused;
    private final QueueTable queues;
    private final ParkedReceipts parked = new ParkedReceipts();
    private final ShardEventCodec events = new ShardEventCodec();

    private final MessageDecoder decoder = new MessageDecoder();
    private final Counters counters = new Counters();
    private final Turns turns;
    private final QueueNotes notes;
    private final ArrayList<Consumer> unflushedConsumers = new ArrayList<>();
    private final ArrayList<Outlet> unflushedOutlets = new ArrayList<>();
    private final ColdReads reads;
    private final Settling settlements;
    private final Publishing publishing;
    private final Appending appending;
    private final QueueCommands queueCommands;
    private final Forwarder forwarder;
    private final BatchOpener opener;
    private final Compactor compactor;
    private final Outlet toShards;
    private final DelayTable delays;
    private final Snapshotting snapshots;
    private final Commits commits;

    /// Read by the storage's threads, so that only shards that wait are woken up.
    private volatile boolean waitsForJournal;

    private volatile ShardStatistics statistics = ShardStatistics.NONE;
    private LogException.@Nullable Poisoned poison;
    private boolean stopped;
    private long now;

    /// @param unused hears of queues to be deleted: auto-delete ones whose last consumer has gone, expired ones
    /// @param forwarder takes what queues give away
    /// @param opener for what comes compressed
    /// @param compactor of all shards
    /// @param mailboxBytes how many bytes of publishes may wait to be appended
    /// @param mostUnsynced publishes wait when so many bytes of the journal are not durable yet
    public Shard(
            int machine,
            SessionSpec.IoExecutor executor,
            Executor blocking,
            LogStorage storage,
            MemoryBudget memory,
            InstantSource clock,
            Timer timer,
            java.util.function.Consumer<QueueEntry> unused,
            Forwarder forwarder,
            BatchOpener opener,
            Compactor compactor,
            long mailboxBytes,
            long mostUnsynced) {
        this.machine = machine;
        this.executor = executor;
        this.blocking = blocking;
        this.journal = storage.journal();
        this.memory = memory;
        this.clock = clock;
        this.now = clock.millis();
        this.timers = new Timers(timer, this::timeHasCome);
        this.unused = unused;
        this.forwarder = forwarder;
        this.opener = opener;
        this.compactor = compactor;
        this.toShards = Outlet.toAnyThread(this, executor);
        this.mostUnsynced = mostUnsynced;
        this.mailbox = new Mailbox(mailboxBytes);
        this.queues = new QueueTable(storage, this);
        this.turns = new Turns(queues);
        this.notes = new QueueNotes(machine, journal);
        this.reads = new ColdReads(this, queues, blocking, counters);
        this.settlements = new Settling(machine, journal, queues, events);
        this.delays = new DelayTable(machine, this, storage, forwarder);
        this.snapshots = new Snapshotting(machine, queues, delays);
        this.publishing = new Publishing(machine, storage, queues, delays, parked, events, counters, this::now);
        this.appending = new Appending(storage, queues, publishing, parked, counters);
        var answers = new DurableAnswers(journal, publishing, settlements, this::now);
        this.queueCommands = new QueueCommands(
                queues,
                reads,
                new OffsetCommands(answers, blocking, opener),
                new CursorCommands(machine, journal, queues, answers));
        this.commits = new Commits(machine, storage, queues, publishing, memory);
    }

    // ---- From any thread

    /// Offers something to be appended; what a refused one was, its session keeps.
    ///
    /// @return false when the shard cannot take more now: see [#whenDrained]
    public boolean offer(Command.Bounded command) {
        boolean taken = mailbox.offer(command);
        if (taken) {
            memory.hold(command.sizeInBytes());
            signal();
        }
        return taken;
    }

    /// Takes a batch of another queue's messages, however many wait: queues have few under way, and cannot wait.
    public void forward(Publication publication) {
        memory.hold(publication.batch().sizeInBytes());
        mailbox.force(new Command.Publish(publication));
        signal();
    }

    /// The way of receipts to queues of any shard.
    public Outlet outletToShards() {
        return toShards;
    }

    public void submit(Command command) {
        mailbox.put(command);
        signal();
    }

    /// Runs `retry` on the shard's thread once the mailbox has room again.
    public void whenDrained(Runnable retry) {
        refused.add(retry);
        signal();
    }

    boolean isRunByThisThread() {
        return executor.isCurrentThread();
    }

    /// There may be something to do.
    public void signal() {
        if (!signalled.get() && signalled.compareAndSet(false, true)) {
            try {
                executor.execute(this::pass);
            } catch (RejectedExecutionException stopped) {
                signalled.set(false); // or the next one to ask would wait for an answer
                throw stopped;
            }
        }
    }

    private void timeHasCome() {
        try {
            signal();
        } catch (RejectedExecutionException stopped) {
            LOG.log(Level.DEBUG, "a timer outlived its broker", stopped);
        }
    }

    /// The journal's durable end has moved.
    public void durable() {
        if (waitsForJournal) {
            signal();
        }
    }

    public ShardStatistics statistics() {
        return statistics;
    }

    // ---- Before the first pass

    /// A queue that a restart has brought back.
    ///
    /// @param arguments those of the queue, and what policies make of them
    public void recovered(QueueEntry entry, Arguments arguments, QueueState state, boolean cleanly) {
        queues.recovered(entry, arguments, state, cleanly);
    }

    /// The delayed messages of this shard, as the journal knows them.
    ///
    /// @param exchanges at which messages wait here
    public void recovered(DelayRecovery recovery, List<DelayEntry> exchanges) {
        delays.recovered(recovery.lastNumber());
        exchanges.forEach(exchange -> delays.recovered(exchange, recovery.bucketsOf(exchange)));
    }

    // ---- One pass

    private void pass() {
        signalled.set(false);
        counters.passes++;
        now = clock.millis();
        boolean more = drain();
        releaseDurable();
        if (!stopped) {
            timers.run(now, queues);
            more |= turns.dispatch();
            more |= delays.work();
            settlements.record(now);
            delays.recordSettlements();
            more |= snapshots.writeSlice();
            timers.wakeShardAt(delays.wakeAt());
            timers.arm(now);
        }
        flush();
        wakeRefused();
        memory.reviewIfShort();
        statistics = ShardStatistics.of(counters, queues, mailbox);
        if (more) {
            signal();
        }
    }

    /// @return whether commands are left that can be done now
    private boolean drain() {
        for (int i = 0; i < COMMANDS_PER_PASS; i++) {
            if (journalIsBehind()) {
                return false;
            }
            Command command = mailbox.poll();
            if (command == null) {
                return false;
            }
            try {
                perform(command);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "a shard could not perform a command", e);
            }
        }
        return !mailbox.isEmpty();
    }

    /// Whether to take no more until the disk has caught up. The journal tells when it has.
    private boolean journalIsBehind() {
        if (poison != null || journal.end() - journal.durableEnd() <= mostUnsynced) {
            return false;
        }
        waitsForJournal = true;
        journal.requestSync();
        return journal.end() - journal.durableEnd() > mostUnsynced;
    }

    private void perform(Command command) {
        switch (command) {
            case Command.Publish publish -> {
                arrived(publish);
                publishing.append(publish.publication(), stopped);
            }
            case Command.Append append -> {
                arrived(append);
                appending.append(append, stopped);
            }
            case Command.Commit commit -> commits.perform(commit, stopped);
            case Command.OfQueue ofQueue -> performOnQueue(ofQueue);
            case Command.Open(QueueEntry queue, Arguments arguments) -> queues.open(queue, arguments);
            case Command.Reconfigure(var changes) -> reconfigure(changes);
            case Command.Drop(QueueEntry queue) -> queues.drop(queue);
            case Command.Read read -> reads.arrived(read);
            case Command.OpenDelays(DelayEntry exchange) -> delays.open(exchange);
            case Command.DropDelays(DelayEntry exchange) -> delays.drop(exchange);
            case Command.ListDelayed list -> delays.list(list);
            case Command.CancelDelayed cancel -> delays.cancel(cancel, stopped);
            case Command.Continue(Runnable then) -> then.run();
            case Command.Statistics(String virtualHost, boolean each, var reply) ->
                reply.ok(queues.reading(virtualHost, each, counters));
            case Command.StatisticsOf(QueueEntry queue, var reply) -> queues.tell(queue, reply);
            case Command.WriteSnapshot(var writer) -> snapshots.begin(writer);
            case Command.Poison(var cause) -> poison(cause);
            case Command.Stop(Runnable done) -> stop(done);
        }
    }

    private void arrived(Command.Bounded command) {
        memory.release(command.sizeInBytes());
        memory.appended(command.sizeInBytes());
    }

    /// Of a shard that stops everything is written already.
    private void reconfigure(List<Command.NewArguments> changes) {
        if (!stopped) {
            queues.reconfigure(changes);
        }
    }

    private void performOnQueue(Command.OfQueue command) {
        if (stopped) {
            command.refuse(stopping());
            return;
        }
        queueCommands.perform(command);
    }

    private void releaseDurable() {
        if (parked.isEmpty()) {
            waitsForJournal = poison == null && journalIsBehind();
            return;
        }
        // Set before the durable end is read: whoever moves it afterwards sees that somebody waits.
        waitsForJournal = true;
        long durableEnd = journal.durableEnd();
        for (var each = parked.pollDurable(durableEnd); each != null; each = parked.pollDurable(durableEnd)) {
            each.durable();
        }
        waitsForJournal = !parked.isEmpty() || journalIsBehind();
    }

    private void flush() {
        for (int i = 0; i < unflushedConsumers.size(); i++) {
            unflushedConsumers.get(i).flush();
        }
        unflushedConsumers.clear();
        for (int i = 0; i < unflushedOutlets.size(); i++) {
            unflushedOutlets.get(i).flush();
        }
        unflushedOutlets.clear();
    }

    private void wakeRefused() {
        if (!refused.isEmpty() && mailbox.hasRoom()) {
            for (Runnable retry = refused.poll(); retry != null; retry = refused.poll()) {
                retry.run();
            }
        }
    }

    // ---- The end

    private static BrokerException stopping() {
        return new BrokerException.ShuttingDown("the broker is stopping");
    }

    private void poison(LogException.Poisoned cause) {
        if (poison == null) {
            poison = cause;
            BrokerException failure = Failures.of(cause);
            publishing.refuseParked(failure);
            queues.failWaiting(failure);
        }
    }

    /// What becomes durable afterwards is still confirmed, but nothing is delivered any more: what was is written.
    private void stop(Runnable done) {
        stopped = true;
        settlements.record(now);
        delays.recordSettlements();
        settlements.recordLast();
        queues.failWaiting(stopping());
        flush();
        done.run();
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
        publishing.park(new Touching(journal.end(), queue));
    }

    private record Touching(long position, Queue queue) implements ParkedReceipts.Parked {
        @Override
        public void durable() {
            queue.touchIsDurable();
        }
    }

    @Override
    public @Nullable BrokerException neverDurable() {
        return poison == null ? null : Failures.of(poison);
    }

    @Override
    public void flushLater(Consumer consumer) {
        unflushedConsumers.add(consumer);
    }

    void runBlocking(Runnable task) {
        blocking.execute(task);
    }

    void park(ParkedReceipts.Parked entry) {
        publishing.park(entry);
    }

    void flushLater(Outlet outlet) {
        unflushedOutlets.add(outlet);
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
        compactor.compact(queue.log(), from, to, rules, end -> submit(new Command.Compacted(queue, end)));
    }

    @Override
    public void closeSoon() {
        compactor.closeSoon(now());
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
            unused.accept(entry);
        }
    }

    @Override
    public Forwards forwards(Queue queue) {
        var source = (QueueEntry) queue.handle();
        return forwarder.from(source.virtualHost(), null, source.log(), new ForwardReceipts(this, source));
    }

    @Override
    public BatchOpener opener() {
        return opener;
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
