package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.statistics.ConsumerReport;
import io.posthorn.protocol.kafka.ClientConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.stream.Stream;
import org.apache.kafka.common.requests.ShareRequestMetadata;

/// What one member of a share group fetches again and again by one connection, and what is leased to it. Confined
/// to the io thread of that connection.
final class ShareSession {
    /// Who has it.
    record Owner(String group, String member) {}

    private final Owner owner;
    private final ClientConnection connection;

    /// What is fetched, in the order of the requests.
    private final SequencedSet<SharedPartition.Key> wanted = new LinkedHashSet<>();

    /// Also of what is not fetched any more: something may be leased still.
    private final Map<SharedPartition.Key, SharedPartition> partitions = new HashMap<>();

    private int epoch = ShareRequestMetadata.nextEpoch(ShareRequestMetadata.INITIAL_EPOCH);

    ShareSession(Owner owner, ClientConnection connection) {
        this.owner = owner;
        this.connection = connection;
    }

    Owner owner() {
        return owner;
    }

    ClientConnection connection() {
        return connection;
    }

    int epoch() {
        return epoch;
    }

    void advance() {
        epoch = ShareRequestMetadata.nextEpoch(epoch);
    }

    /// The client begins anew; what is leased to it stays so.
    void restart() {
        epoch = ShareRequestMetadata.nextEpoch(ShareRequestMetadata.INITIAL_EPOCH);
        wanted.clear();
    }

    void want(SharedPartition.Key key) {
        wanted.add(key);
    }

    void forget(SharedPartition.Key key) {
        wanted.remove(key);
    }

    /// What is fetched, another one first each time.
    List<SharedPartition> wanted() {
        var all = new ArrayList<SharedPartition>(wanted.size());
        wanted.forEach(key -> all.add(partition(key)));
        if (!all.isEmpty()) {
            Collections.rotate(all, -(epoch % all.size()));
        }
        return all;
    }

    /// The member as a consumer, once for each topic that it fetches.
    Stream<ConsumerReport> consumers() {
        var arguments = new Arguments(Map.of("x-group", owner.group()));
        return wanted.stream()
                .map(partitions::get)
                .filter(each -> each != null && each.isOpen())
                .map(SharedPartition::topic)
                .distinct()
                .map(topic -> new ConsumerReport(topic, owner.member(), true, false, 0, true, arguments));
    }

    SharedPartition partition(SharedPartition.Key key) {
        return partitions.computeIfAbsent(key, wanted -> new SharedPartition(owner, wanted));
    }

    /// Nothing of it was found: unless it is fetched nobody need know it.
    void notFound(SharedPartition.Key key) {
        if (!wanted.contains(key)) {
            partitions.remove(key);
        }
    }

    /// Gives back what is leased.
    void close() {
        partitions.values().forEach(SharedPartition::close);
        partitions.clear();
        wanted.clear();
    }
}
