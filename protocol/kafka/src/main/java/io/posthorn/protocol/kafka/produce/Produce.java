package io.posthorn.protocol.kafka.produce;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.security.Permission;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.Catalogue;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.Topics;
import io.posthorn.log.RecordBatch;
import io.posthorn.protocol.kafka.CloseConnection;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.jspecify.annotations.Nullable;

/// One produce request: every partition's batch is checked, the transaction is asked where there is
/// one, and what has passed is appended. Confined to the io thread of its connection, but for
/// [#checkPatiently].
final class Produce {
    /// From here on a client knows zstd.
    private static final short ZSTD_VERSION = 7;

    /// From here on a client knows that there are errors after which it has to abort its transaction.
    private static final short ABORTABLE_VERSION = 11;

    /// From here on a produce request brings its partition into the transaction.
    private static final short ADDING_VERSION = 12;

    private static final short TOPIC_ID_VERSION = 13;

    private static final AppendRule WHEN_APPENDED = new AppendRule(false, AppendRule.Origin.CLIENT);
    private static final AppendRule WHEN_DURABLE = new AppendRule(true, AppendRule.Origin.CLIENT);

    private final KafkaRequest request;
    private final ProduceRequest body;
    private final Topics topics;
    private final RulesOfTopics rulesOfTopics;
    private final Cluster cluster;
    private final long now;
    private final AppendRule rule;
    private final ProduceResponseData response = new ProduceResponseData();
    private final List<PartitionProduce> partitions = new ArrayList<>(1);
    private final CompletableFuture<@Nullable ProduceResponse> answer = new CompletableFuture<>();

    /// Replies that are still to come, and one until all of them have been asked for.
    private int missing = 1;

    Produce(KafkaRequest request, RulesOfTopics rulesOfTopics, Cluster cluster, long now) {
        this.request = request;
        this.body = request.body(ProduceRequest.class);
        this.topics = request.topics();
        this.rulesOfTopics = rulesOfTopics;
        this.cluster = cluster;
        this.now = now;
        this.rule = body.acks() == -1 ? WHEN_DURABLE : WHEN_APPENDED;
    }

    CompletableFuture<@Nullable ProduceResponse> answer() {
        return answer;
    }

    KafkaRequest request() {
        return request;
    }

    long now() {
        return now;
    }

    // ---- What came

    /// Finds where everything is to go, and does of the checks what is quick.
    void begin() {
        Catalogue catalogue = topics.catalogue();
        for (TopicProduceData wanted : body.data().topicData()) {
            Topic topic = find(catalogue, wanted);
            var responses = new ArrayList<PartitionProduceResponse>(
                    wanted.partitionData().size());
            var known = new TopicProduceResponse()
                    .setName(topic == null ? wanted.name() : topic.name())
                    .setTopicId(wanted.topicId())
                    .setPartitionResponses(responses);
            response.responses().add(known);
            Errors refusal = refusal(topic, wanted);
            for (PartitionProduceData data : wanted.partitionData()) {
                var answered = new PartitionProduceResponse().setIndex(data.index());
                responses.add(answered);
                if (data.records() == null) {
                    // Kafka's request counts the bytes that it gives up, also of who has sent none.
                    data.setRecords(MemoryRecords.EMPTY);
                }
                begin(new PartitionProduce(this, answered), topic, refusal, data);
            }
        }
        // Its bytes are with the batches now, or with nobody.
        body.clearPartitionRecords();
    }

    private @Nullable Topic find(Catalogue catalogue, TopicProduceData wanted) {
        return wanted.topicId().equals(Uuid.ZERO_UUID)
                ? catalogue.named(wanted.name())
                : catalogue.identified(cluster.numberOf(wanted.topicId()));
    }

    /// Why nothing may go to the topic, whatever it is.
    private Errors refusal(@Nullable Topic topic, TopicProduceData wanted) {
        if (topic == null && request.version() >= TOPIC_ID_VERSION) {
            return Errors.UNKNOWN_TOPIC_ID;
        }
        String name = topic == null ? wanted.name() : topic.name();
        if (!topics.permits(Permission.WRITE, name)) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        if (topic == null) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (org.apache.kafka.common.internals.Topic.isInternal(name)) {
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
        return body.acks() < -1 || body.acks() > 1 ? Errors.INVALID_REQUIRED_ACKS : Errors.NONE;
    }

    private void begin(PartitionProduce part, @Nullable Topic topic, Errors refusal, PartitionProduceData data) {
        partitions.add(part);
        if (topic == null || refusal != Errors.NONE) {
            part.refuse(refusal);
        } else if (data.index() < 0 || data.index() >= topic.partitions().size()) {
            part.refuse(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        } else {
            arrived(part, topic, data);
        }
    }

    private void arrived(PartitionProduce part, Topic topic, PartitionProduceData data) {
        try {
            ArrivedBatch batch = ArrivedBatch.cutFrom(buffer(data.records()));
            if (batch.compression() == CompressionType.ZSTD.id && request.version() < ZSTD_VERSION) {
                throw new RefusedBatch(
                        Errors.UNSUPPORTED_COMPRESSION_TYPE,
                        "Produce requests with version " + request.version() + " are not allowed to use ZStandard");
            }
            part.arrived(
                    topic.partitions().get(data.index()),
                    rulesOfTopics.of(topic, topics.catalogue().defaults()),
                    batch);
        } catch (RefusedBatch refused) {
            part.refuse(refused.error(), refused.getMessage());
        }
    }

    private static java.nio.ByteBuffer buffer(BaseRecords records) throws RefusedBatch {
        if (records instanceof MemoryRecords inMemory) {
            return inMemory.buffer();
        }
        throw new RefusedBatch(Errors.INVALID_RECORD, "there are no records");
    }

    /// The transaction that the request writes to; null when there is none.
    ///
    /// @throws CannotBeOne when its batches do not agree
    TransactionGate.@Nullable Write transaction() throws CannotBeOne {
        TransactionGate.Write found = null;
        for (PartitionProduce part : partitions) {
            ArrivedBatch batch = part.transactional();
            if (batch == null) {
                continue;
            }
            if (body.transactionalId() == null) {
                throw new CannotBeOne(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
            }
            var write = new TransactionGate.Write(
                    body.transactionalId(),
                    batch.producerId(),
                    batch.producerEpoch(),
                    request.version() >= ADDING_VERSION,
                    request.version() >= ABORTABLE_VERSION);
            if (found != null && !found.equals(write)) {
                throw new CannotBeOne(Errors.INVALID_PRODUCER_ID_MAPPING);
            }
            found = write;
        }
        return found;
    }

    /// The batches of a request do not belong to one transaction.
    static final class CannotBeOne extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        private final Errors error;

        private CannotBeOne(Errors error) {
            super(error.name(), null, false, false);
            this.error = error;
        }

        Errors error() {
            return error;
        }
    }

    List<PartitionProduce> transactional() {
        var found = new ArrayList<PartitionProduce>();
        for (PartitionProduce part : partitions) {
            if (part.transactional() != null) {
                found.add(part);
            }
        }
        return found;
    }

    // ---- The checks

    /// @return whether all is checked
    boolean checkQuickly() {
        boolean all = true;
        for (PartitionProduce part : partitions) {
            part.check(now, BatchCheck.Haste.QUICK);
            all &= !part.isUnchecked();
        }
        return all;
    }

    /// Does the rest. Any thread that may be busy for long.
    void checkPatiently() {
        for (PartitionProduce part : partitions) {
            part.check(now, BatchCheck.Haste.PATIENT);
        }
    }

    // ---- The broker

    /// Hands over what has passed.
    void append() {
        for (PartitionProduce part : partitions) {
            if (part.append()) {
                missing++;
            }
        }
        answered();
    }

    void append(Partition to, RecordBatch batch, boolean expires, PartitionProduce reply) {
        try {
            topics.append(to, batch, expires ? rule.withExpiring() : rule, reply);
        } catch (BrokerException refused) {
            reply.failed(refused);
        }
    }

    // ---- The answer

    /// One of the replies is there. It may come before the next one is asked for.
    void answered() {
        missing--;
        if (missing == 0) {
            answerNow();
        }
    }

    /// Nothing of the request is done.
    void refuseAll(Errors error) {
        partitions.forEach(part -> part.refuse(error));
        answerNow();
    }

    private void answerNow() {
        if (body.acks() != 0) {
            answer.complete(new ProduceResponse(response));
        } else if (hasFailed()) {
            // The producer does not wait for an answer, and would not know where one belongs.
            answer.completeExceptionally(new CloseConnection("a produce request with acks=0 has failed"));
        } else {
            answer.complete(null);
        }
    }

    private boolean hasFailed() {
        for (TopicProduceResponse topic : response.responses()) {
            for (PartitionProduceResponse partition : topic.partitionResponses()) {
                if (partition.errorCode() != Errors.NONE.code()) {
                    return true;
                }
            }
        }
        return false;
    }
}
