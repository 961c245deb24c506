package io.posthorn.broker.topology;

import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.broker.topology.TopologyChange.Bound;
import io.posthorn.broker.topology.TopologyChange.CursorDeclared;
import io.posthorn.broker.topology.TopologyChange.CursorDeleted;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeclared;
import io.posthorn.broker.topology.TopologyChange.ExchangeDeleted;
import io.posthorn.broker.topology.TopologyChange.LogIdsUsed;
import io.posthorn.broker.topology.TopologyChange.PartitionsAdded;
import io.posthorn.broker.topology.TopologyChange.QueueDeclared;
import io.posthorn.broker.topology.TopologyChange.QueueDeleted;
import io.posthorn.broker.topology.TopologyChange.QueuePaused;
import io.posthorn.broker.topology.TopologyChange.QueueResumed;
import io.posthorn.broker.topology.TopologyChange.TopicConfigured;
import io.posthorn.broker.topology.TopologyChange.TopicCreated;
import io.posthorn.broker.topology.TopologyChange.Unbound;
import io.posthorn.broker.topology.TopologyChange.VirtualHostDeleted;
import io.posthorn.broker.topology.TopologyChange.VirtualHostPut;
import io.posthorn.log.Bytes;
import io.posthorn.log.LogException;
import io.posthorn.log.LogId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Changes as bytes: an event of the journal, or a chunk of a snapshot. The changes of one event take effect
/// together or, when the event was lost in a crash, not at all. One version octet, then change after change;
/// the tags are part of the storage format.
final class ChangeCodec {
    private static final int VERSION = 1;

    /// As it was written when nothing could be said of a virtual host.
    private static final int VIRTUAL_HOST_NAMED = 1;
    private static final int EXCHANGE_DECLARED = 2;
    private static final int EXCHANGE_DELETED = 3;
    private static final int QUEUE_DECLARED = 4;
    private static final int QUEUE_DELETED = 5;
    private static final int BOUND = 6;
    private static final int UNBOUND = 7;
    private static final int LOG_IDS_USED = 8;
    private static final int QUEUE_PAUSED = 9;
    private static final int QUEUE_RESUMED = 10;
    private static final int VIRTUAL_HOST_PUT = 11;
    private static final int VIRTUAL_HOST_DELETED = 12;
    private static final int TOPIC_CREATED = 28;
    private static final int PARTITIONS_ADDED = 29;
    private static final int TOPIC_CONFIGURED = 30;
    private static final int CURSOR_DECLARED = 31;
    private static final int CURSOR_DELETED = 32;

    /// A cursor that does not begin with the first record everywhere.
    private static final int CURSOR_BEGUN = 33;

    /// The tags between are [DecisionCodec]'s.
    private static final int FIRST_DECISION = 13;

    private static final int DURABLE = 1;
    private static final int AUTO_DELETE = 2;
    private static final int INTERNAL = 4;
    private static final int DELAYS = 8;
    private static final int DECLARED_BY = 16;

    private static final int PROTECTED = 1;
    private static final int TRACING = 2;
    private static final int QUEUE_TYPE = 4;

    private ChangeCodec() {}

    static Bytes encode(List<TopologyChange> changes) {
        var out = begin();
        changes.forEach(change -> write(out, change));
        return out.toBytes();
    }

    static ByteWriter begin() {
        var out = new ByteWriter();
        out.octet(VERSION);
        return out;
    }

    static List<TopologyChange> decode(Bytes bytes) {
        var in = new ByteReader(bytes);
        int version = in.octet();
        if (version != VERSION) {
            throw new LogException.Unusable(
                    "the topology was written by a newer broker: in version " + version + ", while this one reads "
                            + VERSION,
                    null);
        }
        var changes = new ArrayList<TopologyChange>();
        while (in.hasMore()) {
            changes.add(read(in));
        }
        return changes;
    }

    static void write(ByteWriter out, TopologyChange change) {
        switch (change) {
            case VirtualHostPut(var spec) -> writeHost(out, spec);
            case VirtualHostDeleted(String name) -> writeNames(out, VIRTUAL_HOST_DELETED, name);
            case ExchangeDeclared declared -> writeExchange(out, declared);
            case ExchangeDeleted(String host, String exchange) -> writeNames(out, EXCHANGE_DELETED, host, exchange);
            case QueueDeclared declared -> writeQueue(out, declared);
            case QueueDeleted(String host, String queue) -> writeNames(out, QUEUE_DELETED, host, queue);
            case TopicCreated(String host, String topic, var config, var logs) -> {
                writeNames(out, TOPIC_CREATED, host, topic);
                writeConfig(out, config);
                writeLogs(out, logs);
            }
            case PartitionsAdded(String host, String topic, int first, var logs) -> {
                writeNames(out, PARTITIONS_ADDED, host, topic);
                out.number(first);
                writeLogs(out, logs);
            }
            case TopicConfigured(String host, String topic, var config) -> {
                writeNames(out, TOPIC_CONFIGURED, host, topic);
                writeConfig(out, config);
            }
            case CursorDeclared declared -> writeCursor(out, declared);
            case CursorDeleted(String host, String queue, String cursor) ->
                writeNames(out, CURSOR_DELETED, host, queue, cursor);
            case QueuePaused(String host, String queue, String reason) ->
                writeNames(out, QUEUE_PAUSED, host, queue, reason);
            case QueueResumed(String host, String queue) -> writeNames(out, QUEUE_RESUMED, host, queue);
            case Bound(String host, var binding) -> writeBinding(out, BOUND, host, binding);
            case Unbound(String host, var binding) -> writeBinding(out, UNBOUND, host, binding);
            case LogIdsUsed(var last) -> {
                out.octet(LOG_IDS_USED);
                out.number(last.value());
            }
            case RightsChange right -> DecisionCodec.write(out, right);
            case SettingsChange setting -> DecisionCodec.write(out, setting);
        }
    }

    private static TopologyChange read(ByteReader in) {
        int tag = in.octet();
        return switch (tag) {
            case VIRTUAL_HOST_NAMED -> new VirtualHostPut(VirtualHostSpec.named(in.text()));
            case VIRTUAL_HOST_PUT -> new VirtualHostPut(readHost(in));
            case VIRTUAL_HOST_DELETED -> new VirtualHostDeleted(in.text());
            case EXCHANGE_DECLARED -> readExchange(in);
            case EXCHANGE_DELETED -> {
                String host = in.text();
                yield new ExchangeDeleted(host, in.text());
            }
            case QUEUE_DECLARED -> readQueue(in);
            case QUEUE_DELETED -> {
                String host = in.text();
                yield new QueueDeleted(host, in.text());
            }
            case QUEUE_PAUSED -> {
                String host = in.text();
                String queue = in.text();
                yield new QueuePaused(host, queue, in.text());
            }
            case QUEUE_RESUMED -> {
                String host = in.text();
                yield new QueueResumed(host, in.text());
            }
            case BOUND -> {
                String host = in.text();
                yield new Bound(host, readBinding(in));
            }
            case UNBOUND -> {
                String host = in.text();
                yield new Unbound(host, readBinding(in));
            }
            case LOG_IDS_USED -> new LogIdsUsed(new LogId(in.number()));
            case TOPIC_CREATED -> {
                String host = in.text();
                String topic = in.text();
                var config = readConfig(in);
                yield new TopicCreated(host, topic, config, readLogs(in));
            }
            case PARTITIONS_ADDED -> {
                String host = in.text();
                String topic = in.text();
                int first = Math.toIntExact(in.number());
                yield new PartitionsAdded(host, topic, first, readLogs(in));
            }
            case TOPIC_CONFIGURED -> {
                String host = in.text();
                String topic = in.text();
                yield new TopicConfigured(host, topic, readConfig(in));
            }
            case CURSOR_DECLARED, CURSOR_BEGUN -> readCursor(in, tag == CURSOR_BEGUN);
            case CURSOR_DELETED -> {
                String host = in.text();
                String queue = in.text();
                yield new CursorDeleted(host, queue, in.text());
            }
            default -> {
                if (tag < FIRST_DECISION) {
                    throw new IllegalArgumentException("unknown topology change " + tag);
                }
                yield DecisionCodec.read(tag, in);
            }
        };
    }

    private static void writeHost(ByteWriter out, VirtualHostSpec spec) {
        String type = spec.defaultQueueType();
        writeNames(out, VIRTUAL_HOST_PUT, spec.name(), spec.description());
        out.octet((spec.isProtected() ? PROTECTED : 0)
                | (spec.tracing() ? TRACING : 0)
                | (type != null ? QUEUE_TYPE : 0));
        if (type != null) {
            out.text(type);
        }
        out.texts(spec.tags());
    }

    private static VirtualHostSpec readHost(ByteReader in) {
        String name = in.text();
        String description = in.text();
        int flags = in.octet();
        String type = (flags & QUEUE_TYPE) != 0 ? in.text() : null;
        return new VirtualHostSpec(
                name, description, in.texts(), type, (flags & PROTECTED) != 0, (flags & TRACING) != 0);
    }

    static void writeNames(ByteWriter out, int tag, String... names) {
        out.octet(tag);
        for (String name : names) {
            out.text(name);
        }
    }

    private static void writeExchange(ByteWriter out, ExchangeDeclared declared) {
        var spec = declared.spec();
        var delays = declared.delays();
        writeNames(out, EXCHANGE_DECLARED, declared.virtualHost(), spec.name(), spec.type());
        out.octet((spec.durable() ? DURABLE : 0)
                | (spec.autoDelete() ? AUTO_DELETE : 0)
                | (spec.internal() ? INTERNAL : 0)
                | (delays != null ? DELAYS : 0));
        ArgumentsCodec.write(out, spec.arguments());
        if (delays != null) {
            out.number(delays.value());
        }
    }

    private static ExchangeDeclared readExchange(ByteReader in) {
        String host = in.text();
        String name = in.text();
        String type = in.text();
        int flags = in.octet();
        var arguments = ArgumentsCodec.read(in);
        return new ExchangeDeclared(
                host,
                new ExchangeSpec(
                        name,
                        type,
                        (flags & DURABLE) != 0,
                        (flags & AUTO_DELETE) != 0,
                        (flags & INTERNAL) != 0,
                        arguments),
                (flags & DELAYS) != 0 ? new LogId(in.number()) : null);
    }

    private static void writeQueue(ByteWriter out, QueueDeclared declared) {
        var spec = declared.spec();
        if (!spec.durable() || spec.exclusive()) {
            throw new IllegalArgumentException("only a queue that survives a restart is written: " + spec);
        }
        writeNames(out, QUEUE_DECLARED, declared.virtualHost(), spec.name());
        boolean isDeclarerKnown = !declared.declaredBy().isEmpty();
        out.octet(DURABLE | (spec.autoDelete() ? AUTO_DELETE : 0) | (isDeclarerKnown ? DECLARED_BY : 0));
        ArgumentsCodec.write(out, spec.arguments());
        out.number(declared.log().value());
        if (isDeclarerKnown) {
            out.text(declared.declaredBy());
        }
    }

    private static QueueDeclared readQueue(ByteReader in) {
        String host = in.text();
        String name = in.text();
        int flags = in.octet();
        var arguments = ArgumentsCodec.read(in);
        var spec = new QueueSpec(name, (flags & DURABLE) != 0, false, (flags & AUTO_DELETE) != 0, arguments);
        var log = new LogId(in.number());
        // Few users declare many queues.
        String declaredBy = (flags & DECLARED_BY) != 0 ? in.text().intern() : "";
        return new QueueDeclared(host, spec, log, null, declaredBy);
    }

    /// In order of the names, so that equal ones have equal bytes.
    private static void writeConfig(ByteWriter out, Map<String, String> config) {
        out.number(config.size());
        new TreeMap<>(config).forEach((name, value) -> {
            out.text(name);
            out.text(value);
        });
    }

    private static Map<String, String> readConfig(ByteReader in) {
        var config = new HashMap<String, String>();
        for (int left = in.count(); left > 0; left--) {
            config.put(in.text(), in.text());
        }
        return Map.copyOf(config);
    }

    private static void writeLogs(ByteWriter out, List<LogId> logs) {
        out.number(logs.size());
        logs.forEach(log -> out.number(log.value()));
    }

    private static List<LogId> readLogs(ByteReader in) {
        var logs = new ArrayList<LogId>();
        for (int left = in.count(); left > 0; left--) {
            logs.add(new LogId(in.number()));
        }
        return List.copyOf(logs);
    }

    private static void writeCursor(ByteWriter out, CursorDeclared declared) {
        boolean begins = declared.parts().stream().anyMatch(part -> part.start() > 0);
        writeNames(
                out,
                begins ? CURSOR_BEGUN : CURSOR_DECLARED,
                declared.virtualHost(),
                declared.queue(),
                declared.cursor());
        out.number(declared.first());
        writeLogs(out, CursorPart.ids(declared.parts()));
        if (begins) {
            declared.parts().forEach(part -> out.number(part.start()));
        }
    }

    private static CursorDeclared readCursor(ByteReader in, boolean begins) {
        String host = in.text();
        String queue = in.text();
        String cursor = in.text();
        int first = Math.toIntExact(in.number());
        var ids = readLogs(in);
        var starts = new ArrayList<Long>();
        for (int left = begins ? ids.size() : 0; left > 0; left--) {
            starts.add(in.number());
        }
        return new CursorDeclared(host, queue, cursor, first, CursorPart.of(ids, starts));
    }

    private static void writeBinding(ByteWriter out, int tag, String host, BindingSpec binding) {
        writeNames(out, tag, host, binding.source());
        out.flag(binding.destination() == Destination.EXCHANGE);
        out.text(binding.destinationName());
        out.text(binding.routingKey());
        ArgumentsCodec.write(out, binding.arguments());
    }

    private static BindingSpec readBinding(ByteReader in) {
        String source = in.text();
        var destination = in.flag() ? Destination.EXCHANGE : Destination.QUEUE;
        String destinationName = in.text();
        String routingKey = in.text();
        return new BindingSpec(source, destination, destinationName, routingKey, ArgumentsCodec.read(in));
    }
}
