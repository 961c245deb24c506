package io.posthorn.broker.shard;

import io.posthorn.broker.BatchOpener;
import io.posthorn.broker.topology.QueueEntry;
import java.util.function.Consumer;

/// What all shards of a broker have in common.
///
/// @param unused hears of queues to be deleted: auto-delete ones whose last consumer has gone, expired ones
/// @param forwarder takes what queues give away
/// @param opener for what comes compressed
public record SharedServices(
        Consumer<QueueEntry> unused, Forwarder forwarder, BatchOpener opener, Compactor compactor) {}
