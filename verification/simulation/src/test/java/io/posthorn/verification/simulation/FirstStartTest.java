package io.posthorn.verification.simulation;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.posthorn.storage.file.DataDirectory;
import io.posthorn.verification.simulation.SimulatedDisk.Death;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A data directory in the making, cut short at every step, by the death of a process and then by the loss of power.
class FirstStartTest {
    private static final int WORLDS = 40;
    private static final int MOST_STEPS = 12;

    @Test
    void aDirectoryThatWasBeingMadeIsOpenedHoweverOftenThatWasCutShort() throws IOException {
        for (int seed = 0; seed < WORLDS; seed++) {
            for (int first = 1; first < MOST_STEPS; first++) {
                for (int second = 1; second < MOST_STEPS; second++) {
                    var disk = new SimulatedDisk(new Dice(seed), new Trace(false));
                    startAndDie(disk, first, Death.OF_THE_PROCESS);
                    startAndDie(disk, second, Death.OF_POWER);
                    assertThatCode(() -> start(disk))
                            .as("seed %d, died after %d and %d steps", seed, first, second)
                            .doesNotThrowAnyException();
                }
            }
        }
    }

    private static void startAndDie(SimulatedDisk disk, int steps, Death death) throws IOException {
        disk.dieAfter(steps);
        try {
            start(disk);
        } catch (SimulatedCrash _) {
            // died where it was
        }
        disk.die(death);
    }

    private static void start(SimulatedDisk disk) throws IOException {
        try (var _ = DataDirectory.open(disk, "the simulated disk")) {
            if (!disk.list().contains("generation")) {
                disk.create("generation").close();
            }
        }
    }
}
