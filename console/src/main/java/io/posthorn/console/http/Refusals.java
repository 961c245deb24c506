package io.posthorn.console.http;

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

/// The broker's failures in HTTP's words.
final class Refusals {
    private static final int UNAVAILABLE = 503;

    private Refusals() {}

    static HttpFailure of(BrokerException failure) {
        String reason = String.valueOf(failure.getMessage());
        return switch (failure) {
            case NotFound _ -> HttpFailure.notFound(reason);
            case VirtualHostNotFound _ -> HttpFailure.notFound("vhost_not_found");
            case AccessRefused _ -> HttpFailure.notAuthorised(reason);
            case PreconditionFailed _,
                    ResourceLocked _,
                    MessageTooLarge _,
                    LimitReached _,
                    NotImplemented _,
                    AlreadyExists _,
                    OffsetOutOfRange _,
                    ProducerRefused _ -> HttpFailure.badRequest(reason);
            case StorageFull _, StorageFailed _, ShuttingDown _, EndedByOperator _ -> unavailable(reason);
        };
    }

    static HttpFailure unavailable(String reason) {
        return HttpFailure.of(UNAVAILABLE, "unavailable", reason);
    }
}
