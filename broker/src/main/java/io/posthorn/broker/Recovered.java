package io.posthorn.broker;

import io.posthorn.broker.shard.RecoveredQueues;
import io.posthorn.broker.shard.ShardRecovery;
import io.posthorn.broker.topology.Topology;
import io.posthorn.broker.topology.TopologyRecovery;
import io.posthorn.log.Bytes;
import io.posthorn.log.LogId;
import io.posthorn.log.RecordBatch;
import io.posthorn.log.Recovery;
import java.util.List;
import java.util.stream.IntStream;

/// What the journal says of a broker, machine by machine. Filled by the thread that opens the storage, before anybody
/// else is there.
final class Recovered implements Recovery {
    /// The topology's number in the journal is 0; a shard's is one more than its index.
    static final int FIRST_SHARD = TopologyRecovery.MACHINE + 1;

    final TopologyRecovery topology = new TopologyRecovery();
    final RecoveredQueues queues = new RecoveredQueues();
    final List<ShardRecovery> shards = IntStream.range(0, Topology.SHARDS)
            .mapToObj(_ -> new ShardRecovery(queues))
            .toList();

    @Override
    public void restore(int machine, Bytes chunk) {
        if (machine == TopologyRecovery.MACHINE) {
            topology.restore(chunk);
        } else {
            shards.get(machine - FIRST_SHARD).apply(chunk);
        }
    }

    @Override
    public void replay(int machine, Bytes event) {
        if (machine == TopologyRecovery.MACHINE) {
            topology.replay(event);
        } else {
            shards.get(machine - FIRST_SHARD).apply(event);
        }
    }

    @Override
    public void batch(LogId log, long base, RecordBatch batch) {
        queues.batch(log, base, batch);
    }
}
