package io.posthorn.broker.topology;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.QueueSpec;
import io.posthorn.log.LogId;

/// Entries without a topology around them.
public final class TestQueues {
    private TestQueues() {}

    public static QueueEntry durable(String name, long log) {
        return durable(name, log, Arguments.NONE);
    }

    public static QueueEntry durable(String name, long log, Arguments arguments) {
        return new QueueEntry("/", new QueueSpec(name, true, false, false, arguments), new LogId(log), null);
    }

    public static QueueEntry nonDurable(String name, long log) {
        var spec = new QueueSpec(name, false, false, false, Arguments.NONE);
        return new QueueEntry("/", spec, LogIds.volatileLog(log), null);
    }
}
