package io.posthorn.protocol.kafka.group;

import io.posthorn.protocol.kafka.KafkaSettings;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.DirectoryId;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.LeaderRecoveryState;
import org.apache.kafka.metadata.PartitionRegistration;
import org.jspecify.annotations.Nullable;

/// The partitions of a topic, each of them led by this node and kept here alone.
final class PartitionsView extends AbstractMap<Integer, PartitionRegistration> {
    static final int THIS_NODE = KafkaSettings.NODE_ID;
    static final List<Integer> REPLICAS = List.of(THIS_NODE);

    private static final PartitionRegistration HERE = new PartitionRegistration.Builder()
            .setReplicas(new int[] {THIS_NODE})
            .setDirectories(new Uuid[] {DirectoryId.UNASSIGNED})
            .setIsr(new int[] {THIS_NODE})
            .setLeader(THIS_NODE)
            .setLeaderRecoveryState(LeaderRecoveryState.RECOVERED)
            .setLeaderEpoch(0)
            .setPartitionEpoch(0)
            .build();

    private final int count;

    PartitionsView(int count) {
        this.count = count;
    }

    @Override
    public @Nullable PartitionRegistration get(@Nullable Object index) {
        return containsKey(index) ? HERE : null;
    }

    @Override
    public boolean containsKey(@Nullable Object index) {
        return index instanceof Integer number && number >= 0 && number < count;
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public Set<Map.Entry<Integer, PartitionRegistration>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<Integer, PartitionRegistration>> iterator() {
                return IntStream.range(0, count)
                        .mapToObj(index -> Map.entry(index, HERE))
                        .iterator();
            }

            @Override
            public int size() {
                return count;
            }
        };
    }
}
