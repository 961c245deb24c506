package io.posthorn.verification.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
class SimulationTest {
    private static final Duration BUDGET = Duration.ofSeconds(30);

    /// A world with a whole broker takes several times as long.
    private static int leastSeeds(Simulation.Kind kind) {
        return switch (kind) {
            case LOGS -> 9_000;
            case BROKER -> 1_000;
            case DELAYS, PARTITIONS, LEASES, ADMINISTRATION -> 300;
        };
    }

    @ParameterizedTest
    @EnumSource
    void whatWasPromisedHoldsInEveryWorld(Simulation.Kind kind) {
        long begin = System.nanoTime();
        long seed = 0;
        while (seed < leastSeeds(kind) || System.nanoTime() - begin < BUDGET.toNanos()) {
            Simulation.run(kind, ++seed, Machine.Wiring.RIGHT);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("%s: %d seeds in %.1f s, %.0f a second%n", kind, seed, seconds, seed / seconds);
    }

    /// Two cold messages, read for their times, drove each other out of memory again and again.
    @Test
    void theWorldThatNeverCameToRestEnds() {
        assertThat(Simulation.run(Simulation.Kind.BROKER, 9_094, Machine.Wiring.RIGHT))
                .isNotZero();
    }

    /// What came back when the journal took nothing any more was answered as if it were durable.
    @Test
    void theWorldThatForgotWhatItHadAnsweredRemembers() {
        assertThat(Simulation.run(Simulation.Kind.LEASES, 3_996, Machine.Wiring.RIGHT))
                .isNotZero();
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
