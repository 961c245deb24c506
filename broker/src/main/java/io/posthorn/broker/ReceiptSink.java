package io.posthorn.broker;

/// Takes the receipts of one publisher, on the session's io thread. Each sequence number comes once; ranges
/// come in any order and may hold numbers of messages that went nowhere, which the publisher's owner has
/// answered already.
public interface ReceiptSink {
    /// The messages are the broker's: durable where they had to be.
    void accepted(long firstSequence, long lastSequence);

    /// The messages are not in (at least one of) their queues.
    void refused(long firstSequence, long lastSequence, BrokerException cause);
}
