package io.posthorn.broker.shard;

import io.posthorn.broker.MemoryBudget;

/// How much a shard takes before others have to wait.
///
/// @param memory of the whole broker
/// @param mailboxBytes how many bytes of publishes may wait to be appended
/// @param mostUnsynced publishes wait when so many bytes of the journal are not durable yet
public record ShardLimits(MemoryBudget memory, long mailboxBytes, long mostUnsynced) {}
