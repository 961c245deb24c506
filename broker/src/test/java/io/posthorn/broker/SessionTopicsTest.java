package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.security.Permission;
import io.posthorn.broker.topic.Topic;
import io.posthorn.broker.topic.TopicSpec;
import io.posthorn.broker.topic.TopicsListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionTopicsTest {
    private final FakeStorage storage = new FakeStorage();
    private BrokerWorld world = new BrokerWorld(storage);
    private Client client = world.connect();

    @Test
    void aTopicIsCreatedOnceItIsDurable() {
        var answer = create("t", 3);
        world.run();
        assertThat(answer.isThere()).isFalse();
        assertThat(client.session.topics().catalogue().named("t")).isNull();

        world.syncAndRun();

        Topic topic = answer.get();
        assertThat(topic).isSameAs(client.topic("t"));
        assertThat(client.session.topics().catalogue().identified(topic.id())).isSameAs(topic);
        assertThat(client.session.topics().catalogue().topics()).containsExactly(topic);
    }

    @Test
    void topicsAreThereAgainAfterARestart() {
        create("t", 2);
        world.syncAndRun();
        client.session.topics().configure(client.topic("t"), Map.of("k", "v"), new Answer<>());
        client.session.topics().addPartitions(client.topic("t"), 5, new Answer<>());
        world.syncAndRun();
        long id = client.topic("t").id();

        restart();

        assertThat(client.topic("t").id()).isEqualTo(id);
        assertThat(client.topic("t").config()).containsExactly(Map.entry("k", "v"));
        assertThat(client.topic("t").partitions()).hasSize(5);
        client.session.topics().delete(client.topic("t"), new Answer<>());
        world.syncAndRun();
        assertThat(client.session.topics().catalogue().topics()).isEmpty();
    }

    @Test
    void whoListensHearsOfQueuesAndTopicsInOrder() throws Exception {
        var heard = new ArrayList<String>();
        var listening = client.session.topics().listen(new TopicsListener() {
            @Override
            public void created(Topic topic) {
                heard.add("created " + topic.name());
            }

            @Override
            public void changed(Topic topic) {
                heard.add("changed " + topic.name());
            }

            @Override
            public void removed(Topic topic) {
                heard.add("removed " + topic.name());
            }
        });
        create("t", 1);
        client.declare("q");
        world.syncAndRun();
        client.session.topics().addPartitions(client.topic("t"), 2, new Answer<>());
        client.session.topics().delete(client.topic("q"), new Answer<>());
        world.syncAndRun();
        assertThat(heard).containsExactly("created t", "created q", "changed t", "removed q");
        listening.close();
        create("u", 1);
        world.syncAndRun();
        assertThat(heard).hasSize(4);
    }

    @Test
    void topicsNeedTheRightsOfQueues() {
        storage.syncsAtOnce();
        create("t", 1);
        world.run();
        decide(
                new AdminChange.PutUser(new UserSpec("alice", null, Set.of())),
                new AdminChange.SetPermissions("alice", "/", new PermissionPatterns("^mine", "", "^t$")));
        var alice = world.connect("alice", "/").session.topics();

        assertThat(alice.may(Permission.READ, "t")).isTrue();
        assertThat(alice.may(Permission.WRITE, "t")).isFalse();
        var answers = List.of(new Answer<Topic>(), new Answer<Topic>(), new Answer<Topic>());
        alice.create(new TopicSpec("other", 1, Map.of()), answers.get(0));
        alice.addPartitions(client.topic("t"), 2, answers.get(1));
        alice.configure(client.topic("t"), Map.of(), answers.get(2));
        var deleted = new Answer<Done>();
        alice.delete(client.topic("t"), deleted);
        var mine = new Answer<Topic>();
        alice.create(new TopicSpec("mine", 1, Map.of()), mine);
        world.run();

        assertThat(answers).allSatisfy(answer -> assertThat(answer.failure()).isInstanceOf(AccessRefused.class));
        assertThat(deleted.failure()).isInstanceOf(AccessRefused.class);
        assertThat(mine.get().name()).isEqualTo("mine");
    }

    @Test
    void whatAProtocolKeepsIsDeletedEmptiedAndWidenedByNobodyElse() {
        storage.syncsAtOnce();
        var owner = world.connect(Principal.OWNER, "/");
        owner.createTopic("__consumer_offsets", 1);
        Topic kept = client.topic("__consumer_offsets");
        var deleted = new Answer<Done>();
        client.session.topics().delete(kept, deleted);
        var emptied = new Answer<Long>();
        client.session.topics().deleteBefore(kept.partitions().getFirst(), -1, emptied);
        var widened = new Answer<Topic>();
        client.session.topics().addPartitions(kept, 2, widened);
        world.run();
        assertThat(List.of(deleted, emptied, widened))
                .allSatisfy(answer -> assertThat(answer.failure()).isInstanceOf(AccessRefused.class));
        assertThat(client.topic("__consumer_offsets").partitions()).hasSize(1);
    }

    @Test
    void aQueueDeclaredWhereATopicIsIsTheTopic() {
        storage.syncsAtOnce();
        create("t", 2);
        world.run();
        assertThat(client.declare("t", Map.of("x-max-length", 3)).get().type()).isEqualTo("topic");
        assertThat(client.status("t").type()).isEqualTo("topic");
        var deleted = new Answer<Long>();
        client.session.deleteQueue("t", false, false, deleted);
        world.run();
        assertThat(deleted.isThere()).isTrue();
        assertThat(client.session.topics().catalogue().topics()).isEmpty();
    }

    private Answer<Topic> create(String name, int partitions) {
        var answer = new Answer<Topic>();
        client.session.topics().create(new TopicSpec(name, partitions, Map.of()), answer);
        return answer;
    }

    private void decide(AdminChange... changes) {
        world.broker.administration().apply(new Actor(Principal.OWNER, "test"), List.of(changes), new Answer<>());
        world.run();
    }

    private void restart() {
        world = new BrokerWorld(storage.crash());
        client = world.connect();
    }
}
