package io.posthorn.broker;

import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.topic.AppendRule;
import io.posthorn.broker.topic.CursorStatus;
import io.posthorn.broker.topic.Cursors;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseEnd.How;
import io.posthorn.broker.topic.LeaseHolder;
import io.posthorn.broker.topic.LeaseRules;
import io.posthorn.broker.topic.LeaseWish;
import io.posthorn.broker.topic.Leased;
import io.posthorn.broker.topic.Partition;
import io.posthorn.broker.topic.Topic;
import io.posthorn.log.RecordBatch;
import java.util.List;

/// A broker with a topic, or a queue, called `t`, and cursors over it.
abstract class LeaseWorld {
    static final LeaseRules RULES = new LeaseRules(30_000, 3, 1_000, Isolation.READ_COMMITTED);

    BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());
    Client client = world.connect();
    private int members;

    /// The broker is killed, and begins again with what it has kept.
    final void crash() {
        world = new BrokerWorld(world.storage.crash().syncsAtOnce());
        client = world.connect();
    }

    final void snapshot() {
        world.storage.beginSnapshot();
        world.run();
    }

    final Cursors cursors() {
        return client.session.topics().cursors();
    }

    final void create(int partitions) {
        client.createTopic("t", partitions);
    }

    final Topic topic() {
        return client.topic("t");
    }

    final Partition partition(int index) {
        return topic().partitions().get(index);
    }

    final String cursor(String name, Long... starts) {
        cursors().declare(topic(), name, List.of(starts), new Answer<>());
        world.run();
        return name;
    }

    final LeaseHolder open(String name) {
        members++;
        return cursors().open(partition(0), cursor(name), "member " + members);
    }

    final Answer<Done> restart(String name, long offset) {
        var answer = new Answer<Done>();
        cursors().restart(partition(0), cursor(name), offset, answer);
        world.run();
        return answer;
    }

    final CursorStatus status(String name) {
        var answer = new Answer<CursorStatus>();
        cursors().status(partition(0), cursor(name), answer);
        world.run();
        return answer.get();
    }

    final List<Leased> lease(LeaseHolder holder, int most) {
        return lease(holder, LeaseWish.of(most, RULES));
    }

    final List<Leased> lease(LeaseHolder holder, LeaseWish wish) {
        var answer = new Answer<List<Leased>>();
        holder.lease(wish, answer);
        world.run();
        return answer.get();
    }

    final LeaseAnswer end(LeaseHolder holder, long from, long to, How how) {
        var answer = new Answer<LeaseAnswer>();
        holder.end(List.of(new LeaseEnd(from, to, how)), answer);
        world.run();
        return answer.get();
    }

    final void append(String... bodies) {
        append(BrokerWorld.records(bodies));
    }

    final void append(RecordBatch batch) {
        var origin = batch.isControl() ? AppendRule.Origin.COORDINATOR : AppendRule.Origin.CLIENT;
        client.append(partition(0), batch, new AppendRule(true, origin));
    }
}
