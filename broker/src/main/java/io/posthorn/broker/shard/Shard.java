package io.posthorn.broker.shard;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.MemoryBudget;
import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.Timer;
import io.posthorn.broker.queue.Counters;
import io.posthorn.broker.queue.QueueState;
import io.posthorn.broker.topology.DelayEntry;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.LogException;
import io.posthorn.log.LogStorage;
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
public final class Shard {
    private static final Logger LOG = System.getLogger(Shard.class.getName());

    private static final int COMMANDS_PER_PASS = 512;

    private static final long PAUSE_AFTER_FAILURE = 100;

    private final SessionSpec.IoExecutor executor;
    private final Executor blocking;
    private final InstantSource clock;
    private final Timer timer;
    private final MemoryBudget memory;
    private final Mailbox mailbox;
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final java.util.Queue<Runnable> refused = new ConcurrentLinkedQueue<>();
    private final QueueHost host;
    private final Counters counters;
    private final QueueTable queues;
    private final Turns turns;
    private final Timers timers;
    private final ColdReads reads;
    private final Settling settlements;
    private final ParkedReceipts parked = new ParkedReceipts();
    private final JournalWatch journal;
    private final Publishing publishing;
    private final Appending appending;
    private final QueueCommands queueCommands;
    private final Commits commits;
    private final DelayTable delays;
    private final Snapshotting snapshots;
    private final Outlet toShards;
    private final ArrayList<Outlet> unflushedOutlets = new ArrayList<>();

    private volatile ShardStatistics statistics = ShardStatistics.NONE;
    private LogException.@Nullable Poisoned poison;
    private boolean stopped;

    public Shard(int machine, LogStorage storage, ShardThreads threads, ShardLimits limits, SharedServices services) {
        this.executor = threads.executor();
        this.blocking = threads.blocking();
        this.clock = threads.clock();
        this.timer = threads.timer();
        this.memory = limits.memory();
        this.journal = new JournalWatch(storage.journal(), limits.mostUnsynced(), parked);
        this.mailbox = new Mailbox(limits.mailboxBytes());
        this.toShards = Outlet.toAnyThread(this, executor);
        var events = new ShardEventCodec();
        this.host = new QueueHost(machine, this, storage, threads, memory, services, events);
        this.counters = host.counters();
        this.queues = host.queues();
        this.turns = host.turns();
        this.timers = host.timers();
        this.reads = host.reads();
        this.settlements = host.settlements();
        this.delays = new DelayTable(machine, this, storage, services.forwarder());
        this.snapshots = new Snapshotting(machine, queues, delays);
        this.publishing = new Publishing(machine, storage, queues, delays, parked, events, counters, host::now);
        this.appending = new Appending(storage, queues, publishing, parked, counters);
        this.commits = new Commits(machine, storage, queues, publishing, memory);
        var answers = new DurableAnswers(storage.journal(), publishing, settlements, host::now);
        this.queueCommands = new QueueCommands(
                queues,
                reads,
                new OffsetCommands(answers, blocking, services.opener()),
                new CursorCommands(machine, storage.journal(), queues, answers));
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

    /// For those who are about longer than its loop: the storage's threads, and timers.
    void wake() {
        try {
            signal();
        } catch (RejectedExecutionException stopped) {
            LOG.log(Level.DEBUG, "somebody wakes a shard behind the end of its broker", stopped);
        }
    }

    /// The journal's durable end has moved.
    public void durable() {
        if (journal.waits()) {
            wake();
        }
    }

    /// The journal has failed: nothing appended and not durable yet will ever be. Does not wait its turn, as what waits
    /// may wait for the disk.
    public void failed(LogException.Poisoned cause) {
        journal.failed(cause);
        wake();
    }

    /// Writes what a clean stop has to behind everything that came before, and does nothing more. A disk that is behind
    /// keeps nobody waiting any more.
    public void stop(Runnable done) {
        journal.holdNothingBack();
        submit(new Command.Stop(done));
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
        long now = clock.millis();
        host.isNow(now);
        boolean more = work(now);
        flush();
        wakeRefused();
        memory.reviewIfShort();
        statistics = ShardStatistics.of(counters, queues, mailbox);
        if (more) {
            signal();
        }
    }

    /// @return whether there is more to do at once
    private boolean work(long now) {
        try {
            hearOfFailure();
            boolean more = drain();
            journal.releaseDurable();
            // What drain waited for may have come before anybody could be told to wake this shard up.
            more |= !journal.waits() && !mailbox.isEmpty();
            if (!stopped) {
                more |= serve(now);
            }
            return more;
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a pass of a shard ended early; what is left of it comes with the next", e);
            timer.after(PAUSE_AFTER_FAILURE, this::wake);
            return false;
        }
    }

    private boolean serve(long now) {
        timers.run(now, queues);
        boolean more = turns.dispatch();
        more |= delays.work();
        settlements.record(now);
        delays.recordSettlements();
        more |= snapshots.writeSlice();
        // Of what was parked since then the journal would tell nobody.
        more |= !journal.waits() && !parked.isEmpty();
        timers.wakeShardAt(delays.wakeAt());
        timers.arm(now);
        return more;
    }

    /// @return whether commands are left that can be done now
    private boolean drain() {
        for (int i = 0; i < COMMANDS_PER_PASS; i++) {
            if (journal.isBehind()) {
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
            case Command.Stop(Runnable done) -> end(done);
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

    private void flush() {
        host.flushConsumers();
        for (int i = 0; i < unflushedOutlets.size(); i++) {
            unflushedOutlets.get(i).flush();
        }
        unflushedOutlets.clear();
    }

    private void wakeRefused() {
        if (!refused.isEmpty() && mailbox.hasRoom()) {
            for (Runnable retry = refused.poll(); retry != null; retry = refused.poll()) {
                wake(retry);
            }
        }
    }

    private static void wake(Runnable retry) {
        try {
            retry.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "whoever was refused could not be told that there is room", e);
        }
    }

    // ---- The end

    private static BrokerException stopping() {
        return new BrokerException.ShuttingDown("the broker is stopping");
    }

    private void hearOfFailure() {
        LogException.Poisoned cause = journal.failure();
        if (cause != null && poison == null) {
            // What the last good sync has made durable is accepted, and not to be published again.
            journal.releaseDurable();
            poison = cause;
            BrokerException failure = Failures.of(cause);
            publishing.refuseParked(failure);
            queues.failWaiting(failure);
        }
    }

    /// What becomes durable afterwards is still confirmed, but nothing is delivered any more: what was is written.
    private void end(Runnable done) {
        stopped = true;
        try {
            settlements.record(now());
            delays.recordSettlements();
            settlements.recordLast();
            queues.failWaiting(stopping());
            flush();
        } finally {
            done.run();
        }
    }

    // ---- What those need who live here

    /// Wall time in milliseconds since the epoch, the same during a pass.
    long now() {
        return host.now();
    }

    MemoryBudget memory() {
        return memory;
    }

    void runBlocking(Runnable task) {
        blocking.execute(task);
    }

    void park(ParkedReceipts.Parked entry) {
        publishing.park(entry);
    }

    /// Why what is not durable yet never will be; null while it may.
    @Nullable
    BrokerException neverDurable() {
        return poison == null ? null : Failures.of(poison);
    }

    void flushLater(Outlet outlet) {
        unflushedOutlets.add(outlet);
    }
}
