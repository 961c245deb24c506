package io.posthorn.verification.simulation;

import java.util.logging.Level;
import java.util.logging.Logger;

/// Runs worlds by their seeds: `Simulation WORKLOAD FIRST COUNT`, or one in words with `Simulation WORKLOAD SEED`.
public final class Simulation {
    private static final Logger PRODUCT = Logger.getLogger("io.posthorn");

    static {
        // Failures are what a world is made of; what the product says of them would fill the screen.
        PRODUCT.setLevel(Level.OFF);
    }

    private Simulation() {}

    /// What can be done in a world.
    public enum Kind {
        LOGS {
            @Override
            Workload workload(Machine machine) {
                return new LogWorkload(machine);
            }
        },

        BROKER {
            @Override
            Workload workload(Machine machine) {
                return new BrokerWorkload(machine);
            }
        },

        DELAYS {
            @Override
            Workload workload(Machine machine) {
                return new DelayWorkload(machine);
            }
        },

        PARTITIONS {
            @Override
            Workload workload(Machine machine) {
                return new PartitionWorkload(machine);
            }
        },

        LEASES {
            @Override
            Workload workload(Machine machine) {
                return new LeaseWorkload(machine);
            }
        },

        ADMINISTRATION {
            @Override
            Workload workload(Machine machine) {
                return new AdminWorkload(machine);
            }
        };

        abstract Workload workload(Machine machine);
    }

    /// Runs one world; the hash of everything that happened in it.
    ///
    /// @throws InvariantBroken with the seed
    public static long run(Kind kind, long seed, Machine.Wiring wiring) {
        return run(kind, Machine.of(seed, false, wiring), seed);
    }

    private static long run(Kind kind, Machine machine, long seed) {
        try {
            new SimulatedWorld(machine, kind.workload(machine)).run();
            return machine.trace().hash();
        } catch (RuntimeException | AssertionError broken) {
            throw new InvariantBroken("seed %d of %s: %s".formatted(seed, kind, broken), broken);
        }
    }

    public static void main(String[] arguments) {
        Kind kind = Kind.valueOf(arguments[0]);
        long first = Long.parseLong(arguments[1]);
        if (arguments.length == 2) {
            PRODUCT.setLevel(Level.ALL);
            var machine = Machine.of(first, true, Machine.Wiring.RIGHT);
            try {
                System.out.printf("seed %d: %016x%n", first, run(kind, machine, first));
            } finally {
                machine.trace().lines().forEach(System.out::println);
            }
            return;
        }
        long count = Long.parseLong(arguments[2]);
        long begin = System.nanoTime();
        for (long seed = first; seed < first + count; seed++) {
            run(kind, seed, Machine.Wiring.RIGHT);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("%d seeds of %s in %.1f s, %.0f a second%n", count, kind, seconds, count / seconds);
    }
}
