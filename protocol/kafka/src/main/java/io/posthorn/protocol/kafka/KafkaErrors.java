package io.posthorn.protocol.kafka;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerException.AlreadyExists;
import io.posthorn.broker.BrokerException.EndedByOperator;
import io.posthorn.broker.BrokerException.LimitReached;
import io.posthorn.broker.BrokerException.MessageTooLarge;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.NotImplemented;
import io.posthorn.broker.BrokerException.OffsetOutOfRange;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.BrokerException.ProducerRefused;
import io.posthorn.broker.BrokerException.ResourceLocked;
import io.posthorn.broker.BrokerException.ShuttingDown;
import io.posthorn.broker.BrokerException.StorageFailed;
import io.posthorn.broker.BrokerException.StorageFull;
import io.posthorn.broker.BrokerException.VirtualHostNotFound;
import org.apache.kafka.common.protocol.Errors;

/// The broker's failures in Kafka's words.
public final class KafkaErrors {
    private KafkaErrors() {}

    /// What was asked for is about a topic, or a partition of one.
    public static Errors of(BrokerException failure) {
        return switch (failure) {
            case NotFound _ -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case AccessRefused _ -> Errors.TOPIC_AUTHORIZATION_FAILED;
            case AlreadyExists _ -> Errors.TOPIC_ALREADY_EXISTS;
            case ResourceLocked _, PreconditionFailed _, NotImplemented _, VirtualHostNotFound _ ->
                Errors.INVALID_REQUEST;
            case LimitReached _ -> Errors.POLICY_VIOLATION;
            case MessageTooLarge _ -> Errors.MESSAGE_TOO_LARGE;
            case OffsetOutOfRange _ -> Errors.OFFSET_OUT_OF_RANGE;
            // What Kafka says when its disk is gone: clients try again elsewhere, or later.
            case StorageFull _, StorageFailed _ -> Errors.KAFKA_STORAGE_ERROR;
            case ShuttingDown _, EndedByOperator _ -> Errors.NOT_LEADER_OR_FOLLOWER;
            case ProducerRefused refused -> of(refused.reason());
        };
    }

    private static Errors of(ProducerRefused.Reason reason) {
        return switch (reason) {
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case DUPLICATE_SEQUENCE -> Errors.DUPLICATE_SEQUENCE_NUMBER;
            case INVALID_PRODUCER_EPOCH -> Errors.INVALID_PRODUCER_EPOCH;
            case INVALID_TXN_STATE -> Errors.INVALID_TXN_STATE;
            case TRANSACTION_COORDINATOR_FENCED -> Errors.TRANSACTION_COORDINATOR_FENCED;
            case UNKNOWN_PRODUCER_ID -> Errors.UNKNOWN_PRODUCER_ID;
        };
    }

    /// Any failure as an error code.
    public static Errors error(Throwable failure) {
        return Errors.forException(exception(failure));
    }

    /// Any failure as Kafka's own classes want it: what the broker refuses is translated, the rest stays
    /// what it is.
    public static Throwable exception(Throwable failure) {
        Throwable cause = Errors.maybeUnwrapException(failure);
        return cause instanceof BrokerException refused
                ? of(refused).exception(String.valueOf(refused.getMessage()))
                : cause;
    }
}
