package io.posthorn.broker.queue;

import io.posthorn.log.RecordCursor;
import org.jspecify.annotations.Nullable;

/// For the order of offsets: what came back is read by a reader of its own, so that the other keeps its place.
final class ForwardReader extends QueueReader {
    private @Nullable RecordReader forward;
    private @Nullable RecordReader backward;
    private @Nullable RecordReader last;

    ForwardReader(WorkQueue queue, Backlog backlog, Delivering delivering) {
        super(queue, backlog, delivering);
    }

    @Override
    RecordReader.Found seek(long offset, long end) {
        RecordReader reader = order.isReturned(offset) ? backward() : forward();
        last = reader;
        return reader.seek(offset, end);
    }

    private RecordReader backward() {
        RecordReader reader = backward;
        if (reader == null) {
            reader = new RecordReader(queue, shard);
            backward = reader;
        }
        return reader;
    }

    private RecordReader forward() {
        RecordReader reader = forward;
        if (reader == null) {
            reader = new RecordReader(queue, shard);
            forward = reader;
        }
        return reader;
    }

    @Override
    RecordCursor current() {
        return lastUsed().current();
    }

    @Override
    long resumeAt() {
        return lastUsed().resumeAt();
    }

    private RecordReader lastUsed() {
        RecordReader used = last;
        if (used == null) {
            throw new IllegalStateException("nothing was sought");
        }
        return used;
    }

    @Override
    void letGoOfTail() {
        if (forward != null) {
            forward.letGoOfTail();
        }
        if (backward != null) {
            backward.letGoOfTail();
        }
    }

    @Override
    void release() {
        Queue.release(forward);
        Queue.release(backward);
    }
}
