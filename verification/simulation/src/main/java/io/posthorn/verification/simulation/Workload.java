package io.posthorn.verification.simulation;

/// What is done with the product in a world, and what it promised meanwhile. Outlives the processes; what a process
/// holds in memory goes with [#died].
public interface Workload {
    /// Begins a new process and checks what it has recovered.
    void start();

    /// One thing that a client does.
    void act();

    /// Whether the process has found out that it cannot go on.
    boolean hasFailed();

    /// Stops the process in order.
    void stop();

    /// The process is gone.
    void died();

    /// After a last start: everything that was promised is looked for.
    void checkEverything();
}
