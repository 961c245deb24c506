package io.posthorn.verification.simulation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MutantTest {
    private static final int MOST_SEEDS = 3_000;

    @ParameterizedTest
    @EnumSource
    void everyBugPlantedInLogsIsCaught(LogMutant mutant) {
        isCaught(mutant);
    }

    @ParameterizedTest
    @EnumSource
    void everyBugPlantedInABrokerIsCaught(BrokerMutant mutant) {
        isCaught(mutant);
    }

    private static void isCaught(Mutant mutant) {
        assertThatThrownBy(() -> {
                    for (long seed = 1; seed <= MOST_SEEDS; seed++) {
                        Simulation.run(mutant.kind(), seed, mutant);
                    }
                })
                .as("%s within %d seeds", mutant, MOST_SEEDS)
                .isInstanceOf(InvariantBroken.class)
                .satisfies(caught -> System.out.println(mutant + " caught: " + caught.getMessage()));
    }
}
