package io.posthorn.broker.topology;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.log.LogId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One step from one topology to the next: what is journaled, replayed and told in a snapshot.
public sealed interface TopologyChange
        permits RightsChange,
                SettingsChange,
                TopologyChange.VirtualHostPut,
                TopologyChange.VirtualHostDeleted,
                TopologyChange.ExchangeDeclared,
                TopologyChange.ExchangeDeleted,
                TopologyChange.QueueDeclared,
                TopologyChange.QueueDeleted,
                TopologyChange.TopicCreated,
                TopologyChange.PartitionsAdded,
                TopologyChange.TopicConfigured,
                TopologyChange.CursorDeclared,
                TopologyChange.CursorDeleted,
                TopologyChange.QueuePaused,
                TopologyChange.QueueResumed,
                TopologyChange.Bound,
                TopologyChange.Unbound,
                TopologyChange.LogIdsUsed {
    /// Creates the virtual host with its pre-made exchanges, or replaces what is said of it.
    record VirtualHostPut(VirtualHostSpec spec) implements TopologyChange {}

    /// Everything in it goes with it.
    record VirtualHostDeleted(String name) implements TopologyChange {}

    /// @param delays names what waits at an exchange that delays messages; null for others
    record ExchangeDeclared(
            String virtualHost, ExchangeSpec spec, @Nullable LogId delays) implements TopologyChange {}

    /// Its bindings go with it.
    record ExchangeDeleted(String virtualHost, String exchange) implements TopologyChange {}

    /// @param owner of an exclusive queue; such a change is never journaled
    /// @param declaredBy the user who did; empty where that is not known
    record QueueDeclared(
            String virtualHost,
            QueueSpec spec,
            LogId log,
            @Nullable SessionId owner,
            String declaredBy) implements TopologyChange {
        /// By nobody known.
        QueueDeclared(String virtualHost, QueueSpec spec, LogId log, @Nullable SessionId owner) {
            this(virtualHost, spec, log, owner, "");
        }
    }

    /// @param logs of its partitions, in order
    record TopicCreated(String virtualHost, String topic, Map<String, String> config, List<LogId> logs)
            implements TopologyChange {}

    /// @param first the index of the first new partition
    record PartitionsAdded(String virtualHost, String topic, int first, List<LogId> logs) implements TopologyChange {}

    /// From now on a topic is configured with this, and nothing else.
    record TopicConfigured(String virtualHost, String topic, Map<String, String> config) implements TopologyChange {}

    /// A cursor over the log of a stream, or the logs of a topic, or more of one.
    ///
    /// @param first the index of the first partition that these are for
    /// @param parts what the cursor is in each of them
    record CursorDeclared(String virtualHost, String queue, String cursor, int first, List<CursorPart> parts)
            implements TopologyChange {}

    record CursorDeleted(String virtualHost, String queue, String cursor) implements TopologyChange {}

    /// Its bindings go with it, and its cursors. So does a topic.
    record QueueDeleted(String virtualHost, String queue) implements TopologyChange {}

    /// The queue delivers nothing until it is resumed; paused once more, it has another reason.
    record QueuePaused(String virtualHost, String queue, String reason) implements TopologyChange {}

    record QueueResumed(String virtualHost, String queue) implements TopologyChange {}

    record Bound(String virtualHost, BindingSpec binding) implements TopologyChange {}

    record Unbound(String virtualHost, BindingSpec binding) implements TopologyChange {}

    /// Log ids up to this one are used up, by queues that may be gone: part of a snapshot.
    record LogIdsUsed(LogId last) implements TopologyChange {}
}
