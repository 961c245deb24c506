package io.posthorn.broker;

import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Route;
import io.posthorn.broker.topology.Topology;
import io.posthorn.log.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which partition of a topic a message goes to that was sent to its name: by its key as Kafka's own producers do, or,
/// without one, the same for all messages of a batch and another one for the next. Confined to one thread.
final class PartitionChoice {
    private int turn;

    /// @param random the first partition for messages without a key
    PartitionChoice(int random) {
        this.turn = random;
    }

    /// A batch is complete.
    void nextBatch() {
        turn++;
    }

    /// @param route leads to a topic
    Route of(Route route, @Nullable Bytes key, Topology topology) {
        return route.toPartitions(head -> partition(head, key, topology));
    }

    private QueueEntry partition(QueueEntry head, @Nullable Bytes key, Topology topology) {
        List<QueueEntry> partitions = topology.partitionsOf(head);
        int number = key == null ? turn : murmur2(key);
        return partitions.isEmpty() ? head : partitions.get((number & Integer.MAX_VALUE) % partitions.size());
    }

    /// The hash of Kafka's producers: MurmurHash2 by Austin Appleby, with their seed.
    static int murmur2(Bytes key) {
        final int mixer = 0x5bd1e995;
        final int shift = 24;
        int length = key.length();
        int hash = 0x9747b28c ^ length;
        int whole = length & ~3;
        for (int i = 0; i < whole; i += 4) {
            int four = octet(key, i) | octet(key, i + 1) << 8 | octet(key, i + 2) << 16 | octet(key, i + 3) << 24;
            four *= mixer;
            four ^= four >>> shift;
            four *= mixer;
            hash *= mixer;
            hash ^= four;
        }
        if (length > whole) {
            for (int i = length - 1; i >= whole; i--) {
                hash ^= octet(key, i) << (8 * (i - whole));
            }
            hash *= mixer;
        }
        hash ^= hash >>> 13;
        hash *= mixer;
        return hash ^ hash >>> 15;
    }

    private static int octet(Bytes key, int at) {
        return key.get(at) & 0xFF;
    }
}
