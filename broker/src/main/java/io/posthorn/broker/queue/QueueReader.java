package io.posthorn.broker.queue;

import io.posthorn.log.RecordCursor;

/// Reads the messages of one queue in the order in which they go out: each kind is good at one order.
sealed interface QueueReader permits ForwardReader, ScatteredReader {
    /// Moves to the record at `offset`, which is ready.
    ///
    /// @param end where the log ends for this reader
    RecordReader.Found seek(long offset, long end);

    /// After [RecordReader.Found#HERE]: the record.
    RecordCursor current();

    /// After [RecordReader.Found#GONE] and [RecordReader.Found#EMPTY]: the next offset that may be there.
    long resumeAt();

    /// Called at the end of a pass: slow consumers must not pin the memory of the journal's tail.
    void letGoOfTail();

    /// Lets go of everything.
    void release();
}
