package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseEnd.How;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData.AcknowledgeTopic;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchTopic;
import org.apache.kafka.common.protocol.Errors;

/// What a member says of the records of one partition, checked as Kafka does.
///
/// @param error not [Errors#NONE] when it makes no sense; then nothing of it is done
record Acknowledgements(SharedPartition.Key partition, List<LeaseEnd> ends, Errors error) {
    /// An offset at which there was no record.
    private static final byte GAP = 0;

    /// The first version of both kinds of requests that knows of renewing.
    private static final short RENEW_VERSION = 2;

    /// One batch of them, as requests of both kinds have it.
    private record Batch(long first, long last, List<Byte> types) {}

    /// Whether a request may renew.
    ///
    /// @param isSaid by the request, which also knows of that
    /// @param isAllowed to members of the group
    private record Renewal(boolean isSaid, boolean isAllowed) {}

    static List<Acknowledgements> of(ShareAcknowledgeRequestData data, short version, ShareRules rules) {
        var renewal = new Renewal(version >= RENEW_VERSION && data.isRenewAck(), rules.mayRenew(data.groupId()));
        return ofEach(data.topics(), AcknowledgeTopic::partitions, (topic, partition) -> {
            var batches = partition.acknowledgementBatches().stream()
                    .map(batch -> new Batch(batch.firstOffset(), batch.lastOffset(), batch.acknowledgeTypes()));
            return of(new SharedPartition.Key(topic.topicId(), partition.partitionIndex()), batches, renewal);
        });
    }

    static List<Acknowledgements> of(ShareFetchRequestData data, short version, ShareRules rules) {
        var renewal = new Renewal(version >= RENEW_VERSION && data.isRenewAck(), rules.mayRenew(data.groupId()));
        return ofEach(data.topics(), FetchTopic::partitions, (topic, partition) -> {
            var batches = partition.acknowledgementBatches().stream()
                    .map(batch -> new Batch(batch.firstOffset(), batch.lastOffset(), batch.acknowledgeTypes()));
            return of(new SharedPartition.Key(topic.topicId(), partition.partitionIndex()), batches, renewal);
        });
    }

    private static <T, P> List<Acknowledgements> ofEach(
            Collection<T> topics,
            Function<T, ? extends Collection<P>> partitions,
            BiFunction<T, P, Acknowledgements> said) {
        return topics.stream()
                .flatMap(topic -> partitions.apply(topic).stream().map(partition -> said.apply(topic, partition)))
                .toList();
    }

    private static Acknowledgements of(SharedPartition.Key partition, Stream<Batch> batches, Renewal renewal) {
        var ends = new ArrayList<LeaseEnd>();
        long previous = -1;
        for (Batch batch : batches.toList()) {
            Errors wrong = check(batch, previous, renewal);
            if (wrong != Errors.NONE) {
                return new Acknowledgements(partition, List.of(), wrong);
            }
            add(batch, ends);
            previous = batch.last();
        }
        return new Acknowledgements(partition, ends, Errors.NONE);
    }

    private static Errors check(Batch batch, long previous, Renewal renewal) {
        List<Byte> types = batch.types();
        boolean isWrong = batch.first() < 0
                || batch.first() > batch.last()
                || batch.last() == Long.MAX_VALUE
                || batch.first() < previous
                || types.isEmpty()
                || (types.size() > 1 && batch.last() - batch.first() != types.size() - 1);
        if (isWrong) {
            return Errors.INVALID_REQUEST;
        }
        for (byte type : types) {
            boolean isRenew = type == AcknowledgeType.RENEW.id;
            if (type < GAP || type > AcknowledgeType.RENEW.id || (isRenew && !renewal.isSaid())) {
                return Errors.INVALID_REQUEST;
            }
            if (isRenew && !renewal.isAllowed()) {
                return Errors.INVALID_RECORD_STATE;
            }
        }
        // What was acknowledged by the batch before is not the member's any more.
        return batch.first() == previous ? Errors.INVALID_RECORD_STATE : Errors.NONE;
    }

    private static void add(Batch batch, List<LeaseEnd> ends) {
        List<Byte> types = batch.types();
        if (types.size() == 1) {
            ends.add(new LeaseEnd(batch.first(), batch.last() + 1, how(types.getFirst())));
            return;
        }
        int from = 0;
        for (int i = 1; i <= types.size(); i++) {
            if (i == types.size() || how(types.get(i)) != how(types.get(from))) {
                ends.add(new LeaseEnd(batch.first() + from, batch.first() + i, how(types.get(from))));
                from = i;
            }
        }
    }

    private static How how(byte type) {
        return type == GAP
                ? How.ACCEPTED
                : switch (AcknowledgeType.forId(type)) {
                    case ACCEPT -> How.ACCEPTED;
                    case RELEASE -> How.RELEASED;
                    case REJECT -> How.REJECTED;
                    case RENEW -> How.RENEWED;
                };
    }
}
