package io.posthorn.embedded;

import io.posthorn.broker.BrokerException;
import io.posthorn.events.EventsException;

/// The broker's failures in the library's words.
final class Failures {
    private Failures() {}

    static EventsException unexpected(RuntimeException cause) {
        return new EventsException.Refused("the broker failed at it: " + cause, cause);
    }

    static EventsException of(BrokerException cause) {
        String message = String.valueOf(cause.getMessage());
        return switch (cause) {
            case BrokerException.PreconditionFailed _,
                    BrokerException.AlreadyExists _,
                    BrokerException.OffsetOutOfRange _,
                    BrokerException.ProducerRefused _,
                    BrokerException.NotImplemented _,
                    BrokerException.ResourceLocked _ -> new EventsException.Incompatible(message, cause);
            case BrokerException.NotFound _,
                    BrokerException.VirtualHostNotFound _,
                    BrokerException.AccessRefused _,
                    BrokerException.MessageTooLarge _,
                    BrokerException.LimitReached _,
                    BrokerException.StorageFull _ -> new EventsException.Refused(message, cause);
            case BrokerException.StorageFailed _, BrokerException.ShuttingDown _, BrokerException.EndedByOperator _ ->
                new EventsException.Unreachable(message, cause);
        };
    }
}
