package io.posthorn.server;

import io.posthorn.broker.SessionSpec.IoExecutor;
import io.posthorn.broker.Timer;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/// Where a server runs: the time its broker goes by, and what whoever embeds it lays around the broker's
/// threads, to watch or to hold them. Certificates and the management API's rates go by the machine's time
/// all the same.
///
/// @param clock wall time of what is delayed or expires
/// @param timer calls back by that time
/// @param loops what is laid around each loop that runs shards, and sessions of this process
/// @param flusher what is laid around the journal's flusher
/// @param others what is laid around what else waits for disks
public record Surroundings(
        InstantSource clock,
        Timer timer,
        UnaryOperator<IoExecutor> loops,
        UnaryOperator<Executor> flusher,
        UnaryOperator<Executor> others) {
    /// The machine's time, and nothing around.
    public static final Surroundings MACHINE = new Surroundings(
            InstantSource.system(),
            Timer.SYSTEM,
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity());
}
