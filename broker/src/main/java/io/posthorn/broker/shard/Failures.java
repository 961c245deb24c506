package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.log.LogException;

/// What a failure of the log means to a client.
final class Failures {
    private Failures() {}

    static BrokerException of(LogException failure) {
        return switch (failure) {
            case LogException.StorageFull _ -> new BrokerException.StorageFull("the disk is full");
            case LogException.Poisoned _ ->
                new BrokerException.StorageFailed("writing to the disk has failed; nothing is taken any more");
            case LogException.Damaged _,
                    LogException.Unreadable _,
                    LogException.OffsetOutOfRange _,
                    LogException.Fenced _,
                    LogException.Unusable _ ->
                new BrokerException.StorageFailed("reading from the disk has failed: " + failure.getMessage());
        };
    }
}
