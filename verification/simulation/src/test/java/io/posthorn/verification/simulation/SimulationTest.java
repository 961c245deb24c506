package io.posthorn.verification.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {
    private static final int LEAST_SEEDS = 10_000;
    private static final Duration BUDGET = Duration.ofSeconds(60);

    @ParameterizedTest
    @EnumSource
    void whatWasPromisedHoldsInEveryWorld(Simulation.Kind kind) {
        Duration budget = BUDGET.dividedBy(Simulation.Kind.values().length);
        int least = LEAST_SEEDS / Simulation.Kind.values().length;
        long begin = System.nanoTime();
        long seed = 0;
        while (seed < least || System.nanoTime() - begin < budget.toNanos()) {
            Simulation.run(kind, ++seed, Machine.Wiring.RIGHT);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("%s: %d seeds in %.1f s, %.0f a second%n", kind, seed, seconds, seed / seconds);
    }

    @ParameterizedTest
    @EnumSource
    void aSeedGivesTheSameWorldTwice(Simulation.Kind kind) {
        for (long seed = 1; seed <= 100; seed++) {
            assertThat(Simulation.run(kind, seed, Machine.Wiring.RIGHT))
                    .as("seed %d of %s", seed, kind)
                    .isEqualTo(Simulation.run(kind, seed, Machine.Wiring.RIGHT));
        }
    }
}
