package io.posthorn.broker.statistics;

/// What is counted. Nothing of it ever decreases while the broker runs.
public enum Counted {
    /// Messages that came in: to a queue, or from a channel wherever they went.
    PUBLISH,
    /// Publishes that their publisher was told about, wanted or not.
    CONFIRM,
    /// Publishes for which no queue was there, and which came back to their publisher.
    RETURN_UNROUTABLE,
    /// Publishes for which no queue was there, and which nobody wanted back.
    DROP_UNROUTABLE,
    /// Deliveries to consumers that settle them.
    DELIVER,
    /// Deliveries to consumers for which they are settled at once.
    DELIVER_NO_ACK,
    /// Messages that were asked for one by one, and are settled later.
    GET,
    /// Messages that were asked for one by one, and were settled at once.
    GET_NO_ACK,
    /// Questions for one message when none was ready.
    GET_EMPTY,
    /// Deliveries that were settled as done.
    ACK,
    /// Of all deliveries, those that may not have been the first.
    REDELIVER,
    /// Messages given up for their age that go to a dead letter exchange.
    DEAD_LETTERED_EXPIRED,
    DEAD_LETTERED_REJECTED,
    DEAD_LETTERED_MAXLEN,
    DEAD_LETTERED_DELIVERY_LIMIT,
    /// Messages given up for their age that go nowhere.
    DROPPED_EXPIRED,
    DROPPED_REJECTED,
    DROPPED_MAXLEN,
    DROPPED_DELIVERY_LIMIT,
    /// Messages that somebody purged.
    PURGED,
    /// Channels that were opened, and those that were closed.
    CHANNEL_OPENED,
    CHANNEL_CLOSED,
    /// What came from sockets and went to them.
    OCTETS_IN,
    OCTETS_OUT,
    /// How often sockets were read and written.
    PACKETS_IN,
    PACKETS_OUT;

    static final int COUNT = values().length;

    /// Where it stands among counts in memory; nothing outside depends on it.
    @SuppressWarnings("EnumOrdinal")
    int place() {
        return ordinal();
    }
}
