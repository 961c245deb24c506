package io.posthorn.verification.simulation;

import java.io.Serial;

/// The simulated process ends here. An error, so that no code under test takes it for a failure to deal with.
public final class SimulatedCrash extends Error {
    @Serial
    private static final long serialVersionUID = 1L;

    SimulatedCrash() {
        super("the simulated process has died", null, false, false);
    }
}
