package io.posthorn.verification.simulation;

import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Timer;
import io.posthorn.log.JournaledStorage;
import io.posthorn.log.LogStorage;
import io.posthorn.log.MetaStore;
import io.posthorn.log.Recovery;
import io.posthorn.log.SegmentStore;
import io.posthorn.log.Snapshots;
import io.posthorn.log.StorageOptions;
import io.posthorn.log.StorageThreads;
import io.posthorn.storage.file.DataDirectory;
import io.posthorn.storage.file.Disk;
import io.posthorn.storage.file.FileOptions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/// What a simulated process runs on.
///
/// @param wiring how a process is put together
/// @param salts the random numbers of the segments
public record Machine(
        Dice dice, Trace trace, SimulatedDisk disk, TaskQueues tasks, Clock clock, Wiring wiring, LongSupplier salts) {
    /// So small that roll-over, snapshots and re-use happen all the time.
    static final FileOptions FILES = new FileOptions(16 * 1024, 8 * 1024, 1, 2, 4 * 1024);

    static Machine of(long seed, boolean inWords, Wiring wiring) {
        var dice = new Dice(seed);
        var trace = new Trace(inWords);
        var disk = new SimulatedDisk(dice, trace);
        return new Machine(dice, trace, disk, new TaskQueues(dice), new Clock(), wiring, wiring.salts(dice::any));
    }

    /// Puts the storage of a new process together.
    ///
    /// @param flusher one thread of it
    /// @param background another
    LogStorage openStorage(Executor flusher, Executor background, StorageOptions options, Recovery recovery) {
        Disk wired = wiring.disk(disk);
        var directory = DataDirectory.open(wired, "the simulated disk");
        SegmentStore segments = wiring.segments(directory.openSegments(FILES, background, salts));
        MetaStore facts = wiring.facts(directory.openFacts());
        var threads = new StorageThreads(flusher, background);
        return wiring.storage(JournaledStorage.open(segments, facts, options, threads, recovery));
    }

    /// How a process is put together; a planted bug puts something else in.
    public interface Wiring {
        Wiring RIGHT = new Wiring() {};

        default Disk disk(SimulatedDisk disk) {
            return disk;
        }

        default SegmentStore segments(SegmentStore segments) {
            return segments;
        }

        default MetaStore facts(MetaStore facts) {
            return facts;
        }

        default LogStorage storage(LogStorage storage) {
            return storage;
        }

        default Recovery recovery(Recovery machines) {
            return machines;
        }

        default Snapshots snapshots(Snapshots machines) {
            return machines;
        }

        default InstantSource time(Clock clock) {
            return clock;
        }

        default BrokerSession session(BrokerSession session) {
            return session;
        }

        default LongSupplier salts(LongSupplier random) {
            return random;
        }
    }

    /// Time that passes only when the world says so.
    public static final class Clock implements InstantSource, Timer {
        private final List<Waiting> waiting = new ArrayList<>();
        private long millis = 1_800_000_000_000L;

        private record Waiting(long at, Runnable task) {}

        @Override
        public void after(long delay, Runnable task) {
            waiting.add(new Waiting(millis + delay, task));
        }

        void pass(long more) {
            millis += more;
            var due = waiting.stream().filter(each -> each.at() <= millis).toList();
            waiting.removeAll(due);
            due.forEach(each -> each.task().run());
        }

        /// The process is gone, and all that it waited for.
        void forget() {
            waiting.clear();
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }
    }
}
