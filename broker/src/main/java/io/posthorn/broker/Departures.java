package io.posthorn.broker;

import io.posthorn.broker.shard.Command;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.Topology;

/// What goes with what a session lets go of: queues that go with their last consumer, and its exclusive ones. Others
/// ask for their deletion, shards and [Sessions]; here it is known who, so that its end can be waited for. Confined to
/// the session's io thread.
final class Departures {
    private final LocalBroker broker;
    private final LocalSession session;

    /// A bit for each shard that was told of the end of a consumer, which may have been the last, and not asked since.
    private int told;

    private boolean ownsQueues;

    Departures(LocalBroker broker, LocalSession session) {
        this.broker = broker;
        this.session = session;
    }

    /// The session may have exclusive queues from now on.
    void ownsQueues() {
        ownsQueues = true;
    }

    /// The shard has been told that a consumer of this queue takes no more.
    void leaves(QueueEntry queue) {
        if (queue.spec().autoDelete()) {
            told |= 1 << queue.shard();
        }
    }

    void whenGone(Reply<Done> reply) {
        if (told != 0) {
            var all = new AllDone(Integer.bitCount(told), session.here(reply, _ -> whenDeleted(reply)));
            for (int shard = 0; shard < Topology.SHARDS; shard++) {
                if ((told & 1 << shard) != 0) {
                    askBehind(shard, all);
                }
            }
            told = 0;
        } else if (ownsQueues && session.isClosed()) {
            whenDeleted(reply);
        } else {
            reply.ok(Done.DONE);
        }
    }

    private void askBehind(int shard, Reply<Done> reply) {
        Reply<Done> here = session.fromShard(shard, reply);
        session.send(shard, new Command.Continue(() -> here.ok(Done.DONE)));
    }

    /// The consumer of this queue has gone, as its shard has answered; answers when the queue has, too, if it does.
    void whenGoneWith(QueueEntry queue, Reply<Done> reply) {
        if (queue.spec().autoDelete()) {
            whenDeleted(reply);
        } else {
            reply.ok(Done.DONE);
        }
    }

    // Deletions are asked for before this, and the manager answers in the order in which it is asked.
    private void whenDeleted(Reply<Done> reply) {
        broker.manager().whenUpToHere(session.here(new Anyway(reply)));
    }
}
