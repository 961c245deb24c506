package io.posthorn.broker.queue;

import io.posthorn.broker.statistics.Tally;

/// What was counted on one thread since start. Plain fields: they are added to per message.
public final class Counters {
    /// What the queues of the thread have counted together, those that are gone too.
    public final Tally tally = new Tally();

    public long published;
    public long delivered;
    public long settled;
    public long returned;
    public long forwarded;
    public long forwardedNowhere;
    public long publishedBatches;
    public long passes;
    public long coldReads;
    public long consumers;

    /// Messages of streams that a consumer was too slow for.
    public long missed;
}
