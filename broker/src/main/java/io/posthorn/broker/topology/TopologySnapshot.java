package io.posthorn.broker.topology;

import io.posthorn.broker.topology.TopologyChange.Bound;
import io.posthorn.broker.topology.TopologyChange.CursorDeclared;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeclared;
import io.posthorn.broker.topology.TopologyChange.LogIdsUsed;
import io.posthorn.broker.topology.TopologyChange.QueueDeclared;
import io.posthorn.broker.topology.TopologyChange.QueuePaused;
import io.posthorn.broker.topology.TopologyChange.TopicCreated;
import io.posthorn.broker.topology.TopologyChange.VirtualHostPut;
import io.posthorn.log.LogId;
import io.posthorn.log.Snapshots.SnapshotWriter;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/// Writes the topology into the journal, slice after slice, each from the newest topology: what was written and
/// changes later is told by the event of that change, what is not yet written is written as it then is. Names are
/// visited in order, so that it is clear which is which.
final class TopologySnapshot {
    private static final int CHUNK_BYTES = 64 * 1024;

    private enum Stage {
        EXCHANGES,
        QUEUES,
        BINDINGS
    }

    private final SnapshotWriter writer;
    private final int entitiesPerSlice;

    private ByteWriter chunk = ChangeCodec.begin();
    private final DecisionSnapshot decisions = new DecisionSnapshot(this::add);
    private boolean begun;
    private boolean hostsWritten;
    private int room;

    private @Nullable String host;
    private Stage stage = Stage.EXCHANGES;
    private @Nullable String lastName;
    private @Nullable Binding lastBinding;

    TopologySnapshot(SnapshotWriter writer, int entitiesPerSlice) {
        this.writer = writer;
        this.entitiesPerSlice = entitiesPerSlice;
    }

    /// Ends it before its end.
    void giveUp() {
        writer.failed(TopologyRecovery.MACHINE);
    }

    /// Writes the next slice.
    ///
    /// @return whether it was the last
    boolean writeSlice(Topology newest) {
        room = entitiesPerSlice;
        if (!begun) {
            begin(newest);
        }
        // Rights in a virtual host that recovery does not know would be lost, so the hosts come first.
        hostsWritten = hostsWritten || writeHosts(newest);
        boolean complete = hostsWritten && decisions.write(newest, room);
        writeChunk();
        if (complete) {
            writer.done(TopologyRecovery.MACHINE);
        }
        return complete;
    }

    private void begin(Topology newest) {
        begun = true;
        if (newest.lastLog() > 0) {
            add(new LogIdsUsed(new LogId(newest.lastLog())));
        }
        if (newest.rights().begun()) {
            add(new RightsChange.Begun());
        }
    }

    private boolean writeHosts(Topology newest) {
        var hosts = host == null ? newest.virtualHosts() : newest.virtualHosts().tailMap(host, true);
        for (VirtualHost next : hosts.values()) {
            if (!next.name().equals(host)) {
                begin(next);
            }
            if (!writeHost(next)) {
                return false;
            }
        }
        return true;
    }

    private void begin(VirtualHost next) {
        host = next.name();
        stage = Stage.EXCHANGES;
        lastName = null;
        lastBinding = null;
        add(new VirtualHostPut(next.spec()));
    }

    private boolean writeHost(VirtualHost host) {
        if (stage == Stage.EXCHANGES) {
            if (!writeExchanges(host)) {
                return false;
            }
            stage = Stage.QUEUES;
            lastName = null;
        }
        if (stage == Stage.QUEUES) {
            if (!writeQueues(host)) {
                return false;
            }
            stage = Stage.BINDINGS;
        }
        return writeBindings(host);
    }

    private boolean writeExchanges(VirtualHost host) {
        for (var entry : behind(host.exchanges(), lastName).entrySet()) {
            if (room-- == 0) {
                return false;
            }
            lastName = entry.getKey();
            var spec = entry.getValue().spec();
            var delay = entry.getValue().delay();
            if (spec.durable() && !VirtualHost.isPreMade(spec)) {
                add(new ExchangeDeclared(host.name(), spec, delay == null ? null : delay.id()));
            }
        }
        return true;
    }

    private boolean writeQueues(VirtualHost host) {
        for (var entry : behind(host.queues(), lastName).entrySet()) {
            if (room-- == 0) {
                return false;
            }
            lastName = entry.getKey();
            var queue = entry.getValue();
            if (queue.survivesRestart()) {
                write(host, queue);
            }
        }
        return true;
    }

    private void write(VirtualHost host, QueueEntry queue) {
        var topic = queue.spec().isTopic() ? host.topics().get(queue.name()) : null;
        add(
                topic == null
                        ? new QueueDeclared(host.name(), queue.spec(), queue.log(), null, queue.declaredBy())
                        : new TopicCreated(host.name(), topic.name(), topic.config(), topic.logs()));
        host.cursorsOf(queue.name())
                .forEach((cursor, parts) -> add(new CursorDeclared(
                        host.name(),
                        queue.name(),
                        cursor,
                        0,
                        parts.stream().map(QueueEntry::asCursor).toList())));
        String reason = host.pausedBecause(queue.name());
        if (reason != null) {
            add(new QueuePaused(host.name(), queue.name(), reason));
        }
    }

    private boolean writeBindings(VirtualHost host) {
        var rest = lastBinding == null ? host.bindings() : host.bindings().tailSet(lastBinding, false);
        for (Binding binding : rest) {
            if (room-- == 0) {
                return false;
            }
            lastBinding = binding;
            if (Cascade.survivesRestart(host, binding.spec())) {
                add(new Bound(host.name(), binding.spec()));
            }
        }
        return true;
    }

    private static <V> NavigableMap<String, V> behind(NavigableMap<String, V> all, @Nullable String name) {
        return name == null ? all : all.tailMap(name, false);
    }

    private void add(TopologyChange change) {
        ChangeCodec.write(chunk, change);
        if (chunk.size() >= CHUNK_BYTES) {
            writeChunk();
        }
    }

    private void writeChunk() {
        writer.chunk(TopologyRecovery.MACHINE, chunk.toBytes());
        chunk = ChangeCodec.begin();
    }
}
