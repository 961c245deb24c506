package io.posthorn.protocol.amqp;

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
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.ExchangeMethod;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.ReplyCode;

/// The broker's failures in AMQP's words.
final class ReplyCodes {
    private static final Version UNKNOWN_TYPE_CLOSES_CHANNEL = new Version(4, 3);

    private static final Version REFUSAL_SAYS_PERMISSION = new Version(4, 0);

    private ReplyCodes() {}

    static ReplyCode of(BrokerException failure) {
        return switch (failure) {
            case NotFound _ -> ReplyCode.NOT_FOUND;
            case AccessRefused _ -> ReplyCode.ACCESS_REFUSED;
            case ResourceLocked _ -> ReplyCode.RESOURCE_LOCKED;
            // RabbitMQ answers 406 where the specification has 311 for a size, and for limits on queues.
            case PreconditionFailed _,
                    MessageTooLarge _,
                    LimitReached _,
                    AlreadyExists _,
                    OffsetOutOfRange _,
                    ProducerRefused _ -> ReplyCode.PRECONDITION_FAILED;
            case VirtualHostNotFound _ -> ReplyCode.NOT_ALLOWED;
            case NotImplemented _ -> ReplyCode.NOT_IMPLEMENTED;
            case StorageFull _ -> ReplyCode.RESOURCE_ERROR;
            case StorageFailed _ -> ReplyCode.INTERNAL_ERROR;
            case ShuttingDown _, EndedByOperator _ -> ReplyCode.CONNECTION_FORCED;
        };
    }

    /// @param settings which version of RabbitMQ clients are told
    static AmqpException translate(BrokerException failure, Method culprit, AmqpSettings settings) {
        boolean isUnknownType = failure instanceof NotImplemented && culprit instanceof ExchangeMethod.Declare;
        return new AmqpException(
                isUnknownType ? unknownType(settings) : of(failure), text(failure, settings), culprit.id());
    }

    /// For an unknown type of exchange RabbitMQ has a code of its own, which closes the connection; from version 4.3 on
    /// it closes the channel.
    private static ReplyCode unknownType(AmqpSettings settings) {
        return Version.of(settings.identity().version()).isAtLeast(UNKNOWN_TYPE_CLOSES_CHANNEL)
                ? ReplyCode.PRECONDITION_FAILED
                : ReplyCode.COMMAND_INVALID;
    }

    private static String text(BrokerException failure, AmqpSettings settings) {
        return failure instanceof AccessRefused refused
                        && !Version.of(settings.identity().version()).isAtLeast(REFUSAL_SAYS_PERMISSION)
                ? refused.withoutPermission()
                : text(failure);
    }

    static String text(Exception failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
