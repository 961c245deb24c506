package io.posthorn.verification.conformance.kafka.history;

import org.apache.kafka.common.TopicPartition;

/// What happened to a client, or was found at the end.
sealed interface Event {
    /// @param mayRepeat whether its producer is one that repeats itself
    record Sending(Id id, TopicPartition to, boolean mayRepeat) implements Event {}

    record Acknowledged(Id id, TopicPartition at, long offset) implements Event {}

    /// A record that is made of another, in the transaction that commits the other's offset.
    record Piped(Id id, TopicPartition from, long offset) implements Event {}

    /// The client is about to ask for it.
    record Ending(String transaction, boolean commits) implements Event {}

    /// The broker has said so.
    record Ended(String transaction, boolean commits) implements Event {}

    /// @param committedOnly whether this reader is to see nothing else
    record Read(String reader, boolean committedOnly, TopicPartition at, long offset, Id id) implements Event {}

    /// A reader that keeps its place was told that there is none like it.
    record Misplaced(String reader, String what) implements Event {}

    record Committing(String group, TopicPartition of, long offset) implements Event {}

    record Committed(String group, String member, TopicPartition of, long offset) implements Event {}

    /// What the broker says that a group has committed; -1 for nothing.
    record Placed(String group, TopicPartition of, long offset) implements Event {}

    record Crashed(int number) implements Event {}

    /// At the end: a batch as it lies in the log.
    record Batch(TopicPartition at, long base, long last, boolean isControl) implements Event {}

    /// At the end: a record as it lies in the log.
    ///
    /// @param isVisible whether who reads what is committed sees it
    record Kept(TopicPartition at, long offset, Id id, boolean isVisible) implements Event {}
}
