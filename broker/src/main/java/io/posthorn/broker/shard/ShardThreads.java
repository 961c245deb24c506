package io.posthorn.broker.shard;

import io.posthorn.broker.SessionSpec;
import io.posthorn.broker.Timer;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/// What a shard runs on, and by which time.
///
/// @param executor runs its passes, one at a time
/// @param blocking for what may have to wait for the disk
public record ShardThreads(SessionSpec.IoExecutor executor, Executor blocking, Timer timer, InstantSource clock) {}
