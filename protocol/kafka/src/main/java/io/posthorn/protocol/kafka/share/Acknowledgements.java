package io.posthorn.protocol.kafka.share;

import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseEnd.How;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.common.protocol.Errors;

/// What a member says of the records of one partition, checked as Kafka does.
///
/// @param error not [Errors#NONE] when it makes no sense; then nothing of it is done
record Acknowledgements(SharedPartition.Key partition, List<LeaseEnd> ends, Errors error) {
    /// An offset at which there was no record.
    private static final byte GAP = 0;

    /// One batch of them, as requests of both kinds have it.
    record Batch(long first, long last, List<Byte> types) {}

    /// @param hasRenew whether the version of the request knows of renewing
    /// @param mayRenew whether the request says that it renews
    static Acknowledgements of(
            SharedPartition.Key partition, List<Batch> batches, boolean hasRenew, boolean mayRenew, boolean isAllowed) {
        var ends = new ArrayList<LeaseEnd>();
        long previous = -1;
        for (Batch batch : batches) {
            Errors wrong = check(batch, previous, hasRenew, mayRenew, isAllowed);
            if (wrong != Errors.NONE) {
                return new Acknowledgements(partition, List.of(), wrong);
            }
            add(batch, ends);
            previous = batch.last();
        }
        return new Acknowledgements(partition, ends, Errors.NONE);
    }

    private static Errors check(Batch batch, long previous, boolean hasRenew, boolean mayRenew, boolean isAllowed) {
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
            if (type < GAP || type > AcknowledgeType.RENEW.id || (isRenew && !(hasRenew && mayRenew))) {
                return Errors.INVALID_REQUEST;
            }
            if (isRenew && !isAllowed) {
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
