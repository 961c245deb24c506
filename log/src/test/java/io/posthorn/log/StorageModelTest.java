package io.posthorn.log;

import io.posthorn.log.MemoryFaults.Outcome;
import java.util.logging.Level;
import java.util.logging.Logger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StorageModelTest {
    private static final Logger LOGGER = Logger.getLogger("io.posthorn.log");

    static {
        // Thousands of injected failures are no news.
        LOGGER.setLevel(Level.OFF);
    }

    @Property(tries = 60, seed = "1")
    void aStorageHoldsWhatWasDoneToItOverRestartsAndCrashes(@ForAll long seed) {
        var world = new World();
        var workload = new Workload(seed);
        JournaledStorage storage = open(world, workload);
        for (int round = 0; round < 6; round++) {
            workload.run(storage, 150);
            workload.check(storage);
            if (((seed >> round) & 1) == 0) {
                storage.close();
            }
            storage = open(world, workload);
            workload.check(storage);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingDurableIsLostWhicheverOperationFails(Outcome outcome) {
        for (int nth = 1; crash(nth, outcome); nth++) {
            // Each round fails one operation later, until the work is done before any fails.
        }
    }

    private static boolean crash(int nth, Outcome outcome) {
        var world = new World();
        var workload = new Workload(4711);
        JournaledStorage storage = open(world, workload);
        world.faults.crashAt(nth, outcome);
        workload.run(storage, 300);
        boolean crashed = world.faults.crashed();
        world.faults.restart();

        storage = open(world, workload);
        workload.check(storage);
        workload.run(storage, 50);
        workload.check(storage);
        return crashed;
    }

    @ParameterizedTest
    @EnumSource
    void recoveryMayCrashAnywhereAndIsDoneAgain(Outcome outcome) {
        for (int nth = 1; crashInRecovery(nth, outcome); nth++) {
            // As above.
        }
    }

    private static boolean crashInRecovery(int nth, Outcome outcome) {
        var world = new World();
        var workload = new Workload(nth);
        workload.run(open(world, workload), 200);
        world.faults.crashAt(nth, outcome);
        try {
            open(world, workload);
        } catch (RuntimeException _) {
            // What a dying process throws is nobody's concern.
        }
        boolean crashed = world.faults.crashed();
        world.faults.restart();

        workload.check(open(world, workload));
        return crashed;
    }

    private static JournaledStorage open(World world, Workload workload) {
        JournaledStorage storage = JournaledStorage.open(
                world.store, world.meta, world.options, StorageThreads.direct(), workload.restarted());
        workload.recovered(storage);
        storage.start(new SignalRecorder(), workload);
        return storage;
    }
}
