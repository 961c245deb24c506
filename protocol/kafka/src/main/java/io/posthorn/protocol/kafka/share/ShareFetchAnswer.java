package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.topic.Leased;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.ShareFetchResponseData.AcquiredRecords;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ShareFetchResponse;

/// What a member is told: records that it has, what went wrong, and what became of those that it had. Confined to the
/// io
/// thread of its connection.
final class ShareFetchAnswer {
    private final int lockMillis;
    private final Map<SharedPartition, Found> found = new LinkedHashMap<>();
    private final Map<SharedPartition, Errors> failures = new LinkedHashMap<>();

    private record Found(List<Leased> acquired, SharedRecords records) {}

    ShareFetchAnswer(int lockMillis) {
        this.lockMillis = lockMillis;
    }

    void failed(SharedPartition partition, Errors error) {
        failures.put(partition, error);
    }

    boolean hasFailed(SharedPartition partition) {
        return failures.containsKey(partition);
    }

    int failures() {
        return failures.size();
    }

    void found(SharedPartition partition, List<Leased> acquired, SharedRecords records) {
        found.put(partition, new Found(acquired, records));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    long sizeInBytes() {
        long size = 0;
        for (Found each : found.values()) {
            size += each.records().sizeInBytes();
        }
        return size;
    }

    /// Nobody needs the records any more.
    void sent() {
        found.values().forEach(each -> each.records().copied());
    }

    /// @param settled how it went with what the request has said of records
    ShareFetchResponse response(Map<TopicIdPartition, Errors> settled) {
        var partitions = new LinkedHashMap<TopicIdPartition, PartitionData>();
        failures.forEach((partition, error) ->
                partitions.put(partition.id(), ShareFetchResponse.partitionResponse(partition.id(), error)));
        found.forEach((partition, what) -> partitions.put(partition.id(), data(partition, what)));
        settled.forEach((partition, error) -> partitions
                .computeIfAbsent(
                        partition,
                        known -> new PartitionData()
                                .setPartitionIndex(known.partition())
                                .setRecords(MemoryRecords.EMPTY))
                .setAcknowledgeErrorCode(error.code())
                .setAcknowledgeErrorMessage(error == Errors.NONE ? null : error.message()));
        return ShareFetchResponse.of(Errors.NONE, 0, partitions, List.of(), lockMillis);
    }

    private static PartitionData data(SharedPartition partition, Found what) {
        return new PartitionData()
                .setPartitionIndex(partition.key().index())
                .setRecords(what.records())
                .setAcquiredRecords(what.acquired().stream()
                        .map(each -> new AcquiredRecords()
                                .setFirstOffset(each.from())
                                .setLastOffset(each.to() - 1)
                                .setDeliveryCount((short) Math.min(each.deliveries(), Short.MAX_VALUE)))
                        .toList());
    }
}
