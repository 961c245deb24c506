package io.posthorn.verification.simulation;

import io.posthorn.log.LogException;
import io.posthorn.verification.simulation.SimulatedDisk.Death;

/// A few lives of one process on one machine, all from one seed: it works, is killed, loses power, is stopped in
/// order, dies again while it recovers; its disk fails a sync or a write, or fills up.
public final class SimulatedWorld {
    private static final int MOST_LIVES = 6;
    private static final int MOST_ACTIONS = 60;

    private final Machine machine;
    private final Workload workload;
    private final Dice dice;

    /// @param workload on this machine
    public SimulatedWorld(Machine machine, Workload workload) {
        this.machine = machine;
        this.workload = workload;
        this.dice = machine.dice();
    }

    /// @throws InvariantBroken when a promise was broken
    public void run() {
        int lives = dice.between(2, MOST_LIVES);
        for (int life = 0; life < lives; life++) {
            live();
        }
        if (begin(false)) {
            machine.tasks().runAll();
            workload.checkEverything();
        }
    }

    private void live() {
        planTrouble();
        if (!begin(true)) {
            return;
        }
        int actions = dice.between(1, MOST_ACTIONS);
        try {
            for (int i = 0; i < actions && !workload.hasFailed(); i++) {
                workload.act();
                for (int tasks = dice.below(4); tasks > 0; tasks--) {
                    var _ = machine.tasks().runOne();
                }
                machine.clock().pass(dice.below(50));
                if (machine.disk().isDead()) {
                    die();
                    return;
                }
            }
            if (!workload.hasFailed() && dice.chance(30)) {
                stop();
            }
        } catch (SimulatedCrash _) {
            // died where it was
        }
        die();
    }

    private void stop() {
        if (dice.chance(50)) {
            machine.tasks().runAll();
        }
        try {
            workload.stop();
        } catch (LogException _) {
            // The disk failed it at the last moment; what it had promised before still holds.
        }
    }

    private void planTrouble() {
        SimulatedDisk disk = machine.disk();
        switch (dice.below(10)) {
            case 0, 1, 2, 3 -> disk.dieAfter(dice.below(400));
            case 4 -> disk.dieAfter(dice.below(30));
            case 5 -> disk.failSync(dice.between(1, 40));
            case 6 -> disk.failWrite(dice.between(1, 60));
            default -> {
                // dies between two actions
            }
        }
    }

    /// Starts the process, again and again while it dies in its recovery. False when the disk fails it and this life
    /// is over.
    private boolean begin(boolean mayFail) {
        while (true) {
            try {
                workload.start();
                return true;
            } catch (SimulatedCrash _) {
                die();
                if (dice.chance(30)) {
                    machine.disk().dieAfter(dice.below(120));
                }
            } catch (LogException failure) {
                if (!mayFail) {
                    throw new InvariantBroken("a node that can read and write its disk must boot: " + failure);
                }
                die();
                return false;
            }
        }
    }

    private void die() {
        workload.died();
        machine.tasks().clear();
        machine.clock().forget();
        machine.disk().die(dice.chance(50) ? Death.OF_POWER : Death.OF_THE_PROCESS);
    }
}
