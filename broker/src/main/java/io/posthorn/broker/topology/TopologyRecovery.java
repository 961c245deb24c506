package io.posthorn.broker.topology;

import io.posthorn.log.Bytes;

/// Rebuilds the topology from the chunks and events of the journal.
///
/// Chunk and event are alike: changes that are applied where their subject is known, or new, and that pass
/// otherwise. A snapshot writes exchanges before queues and both before bindings, each in the state that it has at
/// that place of the journal, so what an event could not be applied to is brought by a later chunk.
public final class TopologyRecovery {
    /// The machine number of the topology in the journal.
    public static final int MACHINE = 0;

    private Topology topology = Topology.EMPTY;

    public void restore(Bytes chunk) {
        topology = topology.apply(ChangeCodec.decode(chunk));
    }

    public void replay(Bytes event) {
        topology = topology.apply(ChangeCodec.decode(event));
    }

    public Topology topology() {
        return topology;
    }
}
