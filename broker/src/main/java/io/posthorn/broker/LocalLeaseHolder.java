package io.posthorn.broker;

import io.posthorn.broker.queue.Lessee;
import io.posthorn.broker.shard.Command;
import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseHolder;
import io.posthorn.broker.topic.LeaseWish;
import io.posthorn.broker.topic.Leased;
import io.posthorn.broker.topology.QueueEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A session's side of somebody who takes messages by their offsets. Confined to the session's io thread.
final class LocalLeaseHolder extends LocalHandle implements LeaseHolder {
    private final LocalSession session;
    private final QueueEntry queue;
    private final LeaseMembers.Member member;
    private final LeaseMembers members;
    private final Lessee lessee = new Lessee();

    LocalLeaseHolder(LocalSession session, QueueEntry queue, LeaseMembers.Member member, LeaseMembers members) {
        this.session = session;
        this.queue = queue;
        this.member = member;
        this.members = members;
    }

    LeaseMembers.Member member() {
        return member;
    }

    /// Whether who it is of is counted where it is.
    void count(boolean here) {
        lessee.count(here);
    }

    @Override
    public void lease(LeaseWish wish, Reply<List<Leased>> reply) {
        session.send(queue, new Command.Lease(queue, lessee, wish, answer(reply)));
    }

    @Override
    public void end(List<LeaseEnd> ends, Reply<LeaseAnswer> reply) {
        session.send(queue, new Command.EndLeases(queue, lessee, List.copyOf(ends), answer(reply)));
    }

    @Override
    public void awaitReady(Reply<Done> reply) {
        session.send(queue, new Command.AwaitReady(queue, lessee, answer(reply)));
    }

    private <T> Reply<T> answer(Reply<T> reply) {
        return new OutletReply<>(session.outlet(queue.shard()), reply);
    }

    @Override
    public void close() {
        members.closed(this);
        session.send(queue, new Command.Release(queue, lessee));
        session.closed(this);
    }

    // ---- As a handle: nothing is delivered to it

    @Override
    @Nullable
    SettleCollector collector(QueueHandle of) {
        return null;
    }

    @Override
    public void cancel(Reply<Done> reply) {
        reply.ok(Done.DONE);
    }

    @Override
    public void share(SharedCredit credit, Reply<Done> reply) {
        reply.ok(Done.DONE);
    }

    @Override
    public void resume() {
        // Takes only what it asks for.
    }
}
