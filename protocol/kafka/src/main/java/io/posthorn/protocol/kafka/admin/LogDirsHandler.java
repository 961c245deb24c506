package io.posthorn.protocol.kafka.admin;

import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.log.StorageHealth;
import io.posthorn.protocol.kafka.ApiHandler;
import io.posthorn.protocol.kafka.KafkaRequest;
import io.posthorn.protocol.kafka.KafkaRights;
import io.posthorn.protocol.kafka.Surroundings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsResponse;

/// Answers `DescribeLogDirs`. All logs lie in one place, whose path is nobody's business, and share their files.
public final class LogDirsHandler implements ApiHandler {
    static final String DIRECTORY = "/data";

    private final Surroundings surroundings;

    public LogDirsHandler(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Set<ApiKeys> serves() {
        return Set.of(ApiKeys.DESCRIBE_LOG_DIRS);
    }

    @Override
    public CompletableFuture<DescribeLogDirsResponse> handle(KafkaRequest request) {
        if (!KafkaRights.of(request, surroundings).mayMonitor()) {
            return CompletableFuture.completedFuture(new DescribeLogDirsResponse(
                    new DescribeLogDirsResponseData().setErrorCode(Errors.CLUSTER_AUTHORIZATION_FAILED.code())));
        }
        return CompletableFuture.supplyAsync(() -> answer(request), surroundings.blocking());
    }

    private DescribeLogDirsResponse answer(KafkaRequest request) {
        StorageHealth storage = surroundings.broker().status().storage();
        var result = new DescribeLogDirsResult()
                .setLogDir(DIRECTORY)
                .setTopics(topics(request))
                .setUsableBytes(storage.freeBytes())
                .setTotalBytes(total(storage));
        return new DescribeLogDirsResponse(new DescribeLogDirsResponseData().setResults(List.of(result)));
    }

    private static long total(StorageHealth storage) {
        long held = storage.dataBytes() + storage.liveJournalBytes();
        return storage.freeBytes() > Long.MAX_VALUE - held ? Long.MAX_VALUE : storage.freeBytes() + held;
    }

    private static List<DescribeLogDirsTopic> topics(KafkaRequest request) {
        var asked = request.body(DescribeLogDirsRequest.class).data().topics();
        List<DescribeLogDirsTopic> topics = new ArrayList<>();
        for (Topic topic : request.topics().catalogue().topics()) {
            DescribableLogDirTopic wanted = asked == null ? null : asked.find(topic.name());
            if (asked == null || wanted != null) {
                var described = new DescribeLogDirsTopic().setName(topic.name());
                for (Partition partition : topic.partitions()) {
                    if (wanted == null || wanted.partitions().contains(partition.index())) {
                        described
                                .partitions()
                                .add(new DescribeLogDirsPartition()
                                        .setPartitionIndex(partition.index())
                                        .setPartitionSize(partition.bytes()));
                    }
                }
                topics.add(described);
            }
        }
        return topics;
    }
}
