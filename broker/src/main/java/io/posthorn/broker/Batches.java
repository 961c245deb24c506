package io.posthorn.broker;

import io.posthorn.broker.shard.Publication;
import java.util.List;

/// Where a publisher's batches go.
interface Batches {
    /// The publisher has something: it is to be sealed when the time has come.
    void hasCollected(LocalPublisher publisher);

    void send(List<Publication> publications);

    /// Gives a message to the reply addresses that it names. @return how many those are
    int reply(Message message);
}
