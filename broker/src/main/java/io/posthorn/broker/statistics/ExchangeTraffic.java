package io.posthorn.broker.statistics;

import java.util.concurrent.atomic.LongAdder;

/// What goes through one exchange. Publishers add to it once per socket read. Thread-safe.
public final class ExchangeTraffic {
    private final LongAdder in = new LongAdder();
    private final LongAdder out = new LongAdder();

    /// @param messages that were published there
    /// @param copies how many queues they went to, all together
    public void add(long messages, long copies) {
        in.add(messages);
        out.add(copies);
    }

    long in() {
        return in.sum();
    }

    long out() {
        return out.sum();
    }
}
