package io.posthorn.verification.simulation;

import io.posthorn.log.SegmentStore;
import io.posthorn.log.SegmentStoreContract;
import io.posthorn.storage.file.FileSegmentStore;
import io.posthorn.verification.simulation.SimulatedDisk.Death;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The contract of segments, on a disk that loses what was not synced.
class SimulatedSegmentsTest extends SegmentStoreContract {
    /// Failures are what these tests are made of; their log would be long.
    private static final Logger SILENT = Logger.getLogger("io.posthorn.storage.file");

    static {
        SILENT.setLevel(Level.OFF);
    }

    private long seed;

    @Override
    protected Device device() {
        return new Simulated(new Dice(++seed));
    }

    private static final class Simulated implements Device {
        private final Dice dice;
        private final SimulatedDisk disk;
        private int failuresBefore;

        Simulated(Dice dice) {
            this.dice = dice;
            this.disk = new SimulatedDisk(dice, new Trace(false));
        }

        @Override
        public SegmentStore open() {
            return FileSegmentStore.open(disk, Machine.FILES, Runnable::run, dice::any);
        }

        @Override
        public void crash() {
            disk.die(dice.chance(70) ? Death.OF_POWER : Death.OF_THE_PROCESS);
        }

        @Override
        public void failOperation(int n) {
            failuresBefore = disk.failures();
            if (n % 2 == 0) {
                disk.failWrite(n / 2);
            } else {
                disk.failSync(n / 2 + 1);
            }
        }

        @Override
        public boolean failureHappened() {
            return disk.failures() > failuresBefore;
        }
    }
}
