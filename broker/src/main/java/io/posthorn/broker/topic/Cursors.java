package io.posthorn.broker.topic;

import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import java.util.List;

/// Work cursors over topics: those who compete for the records of a topic do so by one of these, which knows what each
/// of them has, and what is done with. Each has a name; the one without is that of the consumers of queues.
///
/// A queue is its own cursor, whatever name is asked for. Rights, replies and threads are those of [Topics].
public interface Cursors {
    /// Whether there is such a cursor. Any thread.
    boolean isDeclared(Topic topic, String cursor);

    /// Makes the cursor unless it is there. It is durable before the reply, with where it begins.
    ///
    /// @param starts the offsets with which it begins in the first partitions; in others it does so with the first
    /// record that is kept
    void declare(Topic topic, String cursor, List<Long> starts, Reply<Done> reply);

    /// Deletes the cursor, with all it knows. One that is gone already counts as deleted. The one without a name, and
    /// that of a queue, stay.
    void delete(Topic topic, String cursor, Reply<Done> reply);

    /// Everything before this offset is done with, and everything else is not. It is durable before the reply.
    ///
    /// Fails with [io.posthorn.broker.BrokerException.PreconditionFailed] where there are consumers of queues,
    /// or somebody has a message of theirs; and on a queue for what was taken from it already.
    void restart(Partition partition, String cursor, long offset, Reply<Done> reply);

    void status(Partition partition, String cursor, Reply<CursorStatus> reply);

    /// Somebody who competes from now on.
    ///
    /// @param member who it is: of one name is one consumer of the topic, in however many partitions
    /// @throws io.posthorn.broker.BrokerException.NotFound when there is no such cursor
    LeaseHolder open(Partition partition, String cursor, String member);
}
