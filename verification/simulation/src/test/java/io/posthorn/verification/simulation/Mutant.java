package io.posthorn.verification.simulation;

/// A planted bug, put between two parts of the product; a simulation that does not find them all proves nothing.
sealed interface Mutant extends Machine.Wiring permits BrokerMutant, LogMutant {
    /// In which world it is planted.
    Simulation.Kind kind();
}
