package io.posthorn.log;

/// Receives the state machines' events, and the batches between them, while a storage is opened: from the begin of the
/// last complete snapshot on, in journal order, on the opening thread.
///
/// Events that a machine appended after the snapshot began but before the chunk of the thing they concern
/// come before that chunk: they are to be ignored where the thing is not known yet, and are overwritten by
/// the chunk otherwise.
public interface Recovery {
    /// A piece of a snapshot: replaces what is known of the same thing.
    void restore(int machine, Bytes chunk);

    /// An event, in the order in which it was appended.
    void replay(int machine, Bytes event);

    /// A batch that a log has, between the events before and behind it. Its bytes are not kept.
    ///
    /// @param base the offset of its first record; the batch itself may say another
    default void batch(LogId log, long base, RecordBatch batch) {}
}
