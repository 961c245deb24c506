package io.posthorn.broker.queue;

/// Whether somebody may take messages of a queue. That becomes durable before the first is taken, so that after a
/// crash it is known what may have been delivered: see [QueueState#touched].
final class Touch {
    private final Queue queue;
    private State is;

    private enum State {
        NEVER,
        BEING_WRITTEN,
        DURABLE
    }

    /// Whether a queue that does not survive was touched, nobody will ask.
    Touch(Queue queue) {
        this.queue = queue;
        is = queue.state.touched() || !queue.durable() ? State.DURABLE : State.NEVER;
    }

    /// Somebody is about to take messages.
    void begin() {
        if (is == State.NEVER) {
            queue.shard.touch(queue);
            is = State.BEING_WRITTEN;
            queue.state.touch();
        }
    }

    void written() {
        is = State.DURABLE;
    }

    boolean isDurable() {
        return is == State.DURABLE;
    }

    boolean isBeingWritten() {
        return is == State.BEING_WRITTEN;
    }
}
