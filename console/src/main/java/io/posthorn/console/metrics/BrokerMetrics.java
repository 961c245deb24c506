package io.posthorn.console.metrics;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.BrokerStatus;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Counts;
import io.posthorn.broker.statistics.LoginCounts.Attempts;
import io.posthorn.broker.statistics.Totals;
import io.posthorn.console.Node;
import io.posthorn.console.ProcessFigures;
import io.posthorn.console.ProtocolNames;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/// The metrics of the whole broker: few, however many queues there are.
final class BrokerMetrics {
    private static final double MILLIS = 1_000;

    private final MetricsWriter out;
    private final Node node;
    private final Map<String, Attempts> logins;

    /// @param logins by protocol
    BrokerMetrics(MetricsWriter out, Node node, Map<String, Attempts> logins) {
        this.out = out;
        this.logins = logins;
        this.node = node;
    }

    void write(Totals totals, BrokerStatus status, Set<Alarm> alarms, boolean inService, long now) {
        identity(inService, now);
        alarms(alarms);
        objects(totals, status);
        queues(totals);
        logins(logins);
        received(totals.connections());
        delivered(totals.queues());
        givenUp(totals.queues());
        traffic(totals.connections());
        memory(status);
        storage(status);
        process();
        certificates();
    }

    /// The same without what is told of queues and connections one by one.
    void withoutObjects(Totals totals, BrokerStatus status, Set<Alarm> alarms, boolean inService, long now) {
        identity(inService, now);
        alarms(alarms);
        objects(totals, status);
        logins(logins);
        received(totals.connections());
        delivered(totals.queues());
        givenUp(totals.queues());
        memory(status);
        storage(status);
        process();
        certificates();
    }

    private void identity(boolean inService, long now) {
        Node.Identity identity = node.identity();
        out.gauge("rabbitmq_build_info", "RabbitMQ & product version info")
                .labelled(
                        Labels.of("rabbitmq_version", identity.rabbitVersion())
                                .and("product_name", identity.product())
                                .and("product_version", identity.productVersion()),
                        1);
        out.gauge("rabbitmq_identity_info", "RabbitMQ node & cluster identity info")
                .labelled(
                        Labels.of("rabbitmq_node", node.name())
                                .and("rabbitmq_cluster", node.name())
                                .and("rabbitmq_cluster_permanent_id", node.name()),
                        1);
        out.gauge("posthorn_in_service", "Whether the broker serves: 0 after its journal has failed")
                .value(inService ? 1 : 0);
        out.gauge("posthorn_uptime_seconds", "Time since the broker started")
                .value((now - node.startedAt().toEpochMilli()) / MILLIS);
    }

    private void alarms(Set<Alarm> alarms) {
        out.gauge("rabbitmq_alarms_memory_used_watermark", "is 1 if VM memory watermark alarm is in effect")
                .value(alarms.contains(Alarm.MEMORY) ? 1 : 0);
        out.gauge("rabbitmq_alarms_free_disk_space_watermark", "is 1 if free disk space watermark alarm is in effect")
                .value(alarms.contains(Alarm.DISK) ? 1 : 0);
        out.gauge("rabbitmq_alarms_file_descriptor_limit", "is 1 if file descriptor limit alarm is in effect")
                .value(0);
    }

    private void objects(Totals totals, BrokerStatus status) {
        out.gauge("rabbitmq_connections", "Connections currently open").value(totals.openConnections());
        out.gauge("rabbitmq_channels", "Channels currently open").value(totals.openChannels());
        out.gauge("rabbitmq_consumers", "Consumers currently connected").value(totals.consumers());
        out.gauge("rabbitmq_queues", "Queues available").value(status.queues());
        out.counter("rabbitmq_connections_opened_total", "Total number of connections opened")
                .value(totals.connectionsOpened());
        out.counter("rabbitmq_connections_closed_total", "Total number of connections closed or terminated")
                .value(totals.connectionsClosed());
        out.counter("rabbitmq_channels_opened_total", "Total number of channels opened")
                .value(totals.connections().of(Counted.CHANNEL_OPENED));
        out.counter("rabbitmq_channels_closed_total", "Total number of channels closed")
                .value(totals.connections().of(Counted.CHANNEL_CLOSED));
        out.counter("rabbitmq_queues_declared_total", "Total number of queues declared")
                .value(totals.queuesDeclared());
        out.counter("rabbitmq_queues_created_total", "Total number of queues created")
                .value(totals.queuesCreated());
        out.counter("rabbitmq_queues_deleted_total", "Total number of queues deleted")
                .value(totals.queuesDeleted());
    }

    private void logins(Map<String, Attempts> logins) {
        logins("attempts_total", "authorization attempts", logins, Attempts::all);
        logins("attempts_succeeded_total", "successful authentication attempts", logins, Attempts::succeeded);
        logins("attempts_failed_total", "failed authentication attempts", logins, Attempts::failed);
    }

    private void logins(String name, String what, Map<String, Attempts> logins, ToLongFunction<Attempts> value) {
        out.counter("rabbitmq_auth_" + name, "Total number of " + what);
        logins.forEach((protocol, attempts) ->
                out.labelled(Labels.of("protocol", ProtocolNames.ofRabbitMq(protocol)), value.applyAsLong(attempts)));
    }

    private void queues(Totals totals) {
        out.gauge("rabbitmq_queue_messages_ready", "Messages ready to be delivered to consumers")
                .value(totals.ready());
        out.gauge("rabbitmq_queue_messages_unacked", "Messages delivered to consumers but not yet acknowledged")
                .value(totals.unsettled());
        out.gauge("rabbitmq_queue_messages", "Sum of ready and unacknowledged messages - total queue depth")
                .value(totals.ready() + totals.unsettled());
        out.gauge("rabbitmq_queue_consumers", "Consumers on a queue").value(totals.consumers());
        out.counter("rabbitmq_queue_messages_published_total", "Total number of messages published to queues")
                .value(totals.queues().of(Counted.PUBLISH));
    }

    private void received(Counts counts) {
        global("messages_received_total", "Total number of messages received from publishers", counts, Counted.PUBLISH);
        long nowhere = counts.of(Counted.RETURN_UNROUTABLE) + counts.of(Counted.DROP_UNROUTABLE);
        out.counter("rabbitmq_global_messages_routed_total", "Total number of messages routed to queues or streams")
                .labelled(AMQP, Math.max(0, counts.of(Counted.PUBLISH) - nowhere));
        global("messages_confirmed_total", "Total number of messages confirmed to publishers", counts, Counted.CONFIRM);
        global(
                "messages_unroutable_returned_total",
                "Total number of messages published as mandatory into an exchange and returned to the publisher as"
                        + " unroutable",
                counts,
                Counted.RETURN_UNROUTABLE);
        global(
                "messages_unroutable_dropped_total",
                "Total number of messages published as non-mandatory into an exchange and dropped as unroutable",
                counts,
                Counted.DROP_UNROUTABLE);
    }

    private void delivered(Counts counts) {
        out.counter("rabbitmq_global_messages_delivered_total", "Total number of messages delivered to consumers")
                .labelled(AMQP, counts.deliverGet());
        global(
                "messages_delivered_consume_manual_ack_total",
                "Total number of messages delivered to consumers using basic.consume with manual acknowledgment",
                counts,
                Counted.DELIVER);
        global(
                "messages_delivered_consume_auto_ack_total",
                "Total number of messages delivered to consumers using basic.consume with automatic acknowledgment",
                counts,
                Counted.DELIVER_NO_ACK);
        global(
                "messages_delivered_get_manual_ack_total",
                "Total number of messages delivered to consumers using basic.get with manual acknowledgment",
                counts,
                Counted.GET);
        global(
                "messages_delivered_get_auto_ack_total",
                "Total number of messages delivered to consumers using basic.get with automatic acknowledgment",
                counts,
                Counted.GET_NO_ACK);
        global(
                "messages_get_empty_total",
                "Total number of times basic.get operations fetched no message",
                counts,
                Counted.GET_EMPTY);
        global(
                "messages_redelivered_total",
                "Total number of messages redelivered to consumers",
                counts,
                Counted.REDELIVER);
        global(
                "messages_acknowledged_total",
                "Total number of messages acknowledged by consumers",
                counts,
                Counted.ACK);
    }

    private static final Labels AMQP = Labels.of("protocol", "amqp091");

    private void global(String name, String help, Counts counts, Counted what) {
        out.counter("rabbitmq_global_" + name, help).labelled(AMQP, counts.of(what));
    }

    private void givenUp(Counts counts) {
        givenUp("expired", "message TTL exceeded", counts, Counted.DEAD_LETTERED_EXPIRED, Counted.DROPPED_EXPIRED);
        givenUp(
                "rejected",
                "basic.reject or basic.nack",
                counts,
                Counted.DEAD_LETTERED_REJECTED,
                Counted.DROPPED_REJECTED);
        givenUp(
                "maxlen",
                "overflow drop-head or reject-publish-dlx",
                counts,
                Counted.DEAD_LETTERED_MAXLEN,
                Counted.DROPPED_MAXLEN);
        givenUp(
                "delivery_limit",
                "delivery-limit exceeded",
                counts,
                Counted.DEAD_LETTERED_DELIVERY_LIMIT,
                Counted.DROPPED_DELIVERY_LIMIT);
        out.counter("posthorn_messages_purged_total", "Messages that somebody purged from queues")
                .value(counts.of(Counted.PURGED));
    }

    // `disabled` is RabbitMQ's word for queues without a dead letter exchange, whose messages go nowhere.
    private void givenUp(String reason, String why, Counts counts, Counted lettered, Counted dropped) {
        out.counter(
                        "rabbitmq_global_messages_dead_lettered_" + reason + "_total",
                        "Total number of messages dead-lettered due to " + why)
                .labelled(Labels.of("dead_letter_strategy", "at_least_once"), counts.of(lettered))
                .labelled(Labels.of("dead_letter_strategy", "disabled"), counts.of(dropped));
    }

    private void traffic(Counts counts) {
        out.counter("rabbitmq_connection_incoming_bytes_total", "Total number of bytes received on a connection")
                .value(counts.of(Counted.OCTETS_IN));
        out.counter("rabbitmq_connection_outgoing_bytes_total", "Total number of bytes sent on a connection")
                .value(counts.of(Counted.OCTETS_OUT));
        out.counter("rabbitmq_connection_incoming_packets_total", "Total number of packets received on a connection")
                .value(counts.of(Counted.PACKETS_IN));
        out.counter("rabbitmq_connection_outgoing_packets_total", "Total number of packets sent on a connection")
                .value(counts.of(Counted.PACKETS_OUT));
    }

    private void memory(BrokerStatus status) {
        long resident = ProcessFigures.residentBytes();
        out.gauge("rabbitmq_process_resident_memory_bytes", "Memory used in bytes")
                .value(resident);
        // Dashboards show limit less resident as what is left before publishers are stopped; that is what it is here.
        out.gauge("rabbitmq_resident_memory_limit_bytes", "Memory high watermark in bytes")
                .value(resident + Math.max(0, node.limits().memoryBytes() - status.heldBytes()));
        out.gauge("posthorn_memory_held_bytes", "Messages held in memory, which count against the limit")
                .value(status.heldBytes());
        out.gauge("posthorn_memory_limit_bytes", "Messages that may be held before publishers are stopped")
                .value(node.limits().memoryBytes());
    }

    private void storage(BrokerStatus status) {
        var storage = status.storage();
        // In memory no disk can be full: there are the names, and no samples.
        boolean onDisk = storage.freeBytes() != Long.MAX_VALUE;
        var free = out.gauge("rabbitmq_disk_space_available_bytes", "Disk space available in bytes");
        if (onDisk) {
            free.value(storage.freeBytes());
        }
        var limit = out.gauge("rabbitmq_disk_space_available_limit_bytes", "Free disk space low watermark in bytes");
        if (onDisk) {
            limit.value(node.limits().freeDiskBytes());
        }
        out.counter("rabbitmq_io_write_bytes_total", "Total number of I/O bytes written")
                .value(storage.appendedBytes());
        out.counter("rabbitmq_io_sync_ops_total", "Total number of I/O sync operations")
                .value(storage.syncs());
        out.gauge("posthorn_journal_live_bytes", "Journal that is not rolled over yet")
                .value(storage.liveJournalBytes());
        out.gauge("posthorn_data_bytes", "Bytes in data segments").value(storage.dataBytes());
        out.gauge("posthorn_tail_memory_bytes", "Memory held by the journal's tail and by volatile logs")
                .value(storage.tailBytes());
        out.gauge("posthorn_torn_bytes", "Bytes cut off behind the last complete entry at the start")
                .value(storage.tornBytes());
        out.gauge("posthorn_damaged_ranges", "Ranges of the storage found damaged since the start")
                .value(storage.damagedRanges());
    }

    private void process() {
        out.gauge("rabbitmq_process_open_fds", "Open file descriptors").value(ProcessFigures.openFiles());
        out.gauge("rabbitmq_process_max_fds", "Open file descriptors limit").value(ProcessFigures.mostFiles());
        out.gauge("posthorn_heap_used_bytes", "Heap in use, garbage included").value(ProcessFigures.heapUsed());
        out.gauge("posthorn_heap_limit_bytes", "The largest that the heap may become")
                .value(ProcessFigures.heapMost());
        out.counter("posthorn_gc_seconds_total", "Time spent collecting garbage")
                .value(ProcessFigures.collectionSeconds());
    }

    private void certificates() {
        out.gauge("posthorn_certificate_expiry_timestamp_seconds", "Until when a certificate that is served is valid");
        for (Node.Expiring each : node.certificates().get()) {
            out.labelled(Labels.of("subject", each.subject()), each.notAfter().getEpochSecond());
        }
    }
}
