package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.statistics.Totals;
import io.posthorn.broker.topic.LeaseEnd.How;
import io.posthorn.broker.topic.LeaseHolder;
import io.posthorn.broker.topic.Leased;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Who leases beside consumers of the queue, and in several partitions.
class SharedLeasesTest extends LeaseWorld {
    @Test
    void consumersOfTheQueueAndLesseesGetEachMessageOnce() {
        for (int seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            world = new BrokerWorld(new FakeStorage().syncsAtOnce());
            client = world.connect();
            boolean isQueue = random.nextBoolean();
            if (isQueue) {
                client.declare("t");
                world.run();
            } else {
                create(1);
            }
            var consumer = client.consume("t", 3);
            world.run();
            var holder = open("");
            var got = new ArrayList<Long>();
            for (int i = 0; i < 40; i++) {
                append("m" + i);
                lease(holder, random.nextInt(4)).forEach(each -> {
                    for (long offset = each.from(); offset < each.to(); offset++) {
                        got.add(offset);
                    }
                    end(holder, each.from(), each.to(), How.ACCEPTED);
                });
                if (random.nextBoolean()) {
                    consumer.settleAll(Outcome.ACCEPTED);
                    world.run();
                }
            }
            for (int i = 0; i < 60; i++) {
                consumer.settleAll(Outcome.ACCEPTED);
                world.run();
            }
            consumer.arrived.forEach(each -> got.add(each.deliveryId()));
            assertThat(got).as("seed %d", seed).doesNotHaveDuplicates().hasSize(40);
        }
    }

    @Test
    void whoLeasesFromSeveralPartitionsIsOneConsumer() {
        create(3);
        client.consume("t", 1);
        cursor("");
        var one = leasing("one", 0, 1);
        leasing("two", 2);
        leasing("three", 1, 2);
        assertThat(consumers()).isEqualTo(4);

        one.getFirst().close();
        world.run();
        assertThat(consumers()).as("it has another partition").isEqualTo(4);
        one.getLast().close();
        world.run();
        assertThat(consumers()).isEqualTo(3);
    }

    private List<LeaseHolder> leasing(String member, Integer... partitions) {
        return Stream.of(partitions)
                .map(index -> {
                    LeaseHolder holder = cursors().open(partition(index), "", member);
                    lease(holder, 1);
                    return holder;
                })
                .toList();
    }

    /// As all who ask are told.
    private int consumers() {
        var lists = new Answer<List<QueueStatistics>>();
        var totals = new Answer<Totals>();
        world.broker.statistics().queues("/", lists);
        world.broker.statistics().totals(totals);
        world.run();
        int consumers = client.status("t").consumers();
        assertThat(lists.get())
                .singleElement()
                .extracting(QueueStatistics::consumers)
                .isEqualTo(consumers);
        assertThat(totals.get().consumers()).isEqualTo(consumers);
        return consumers;
    }

    @Test
    void whoLeasesIsAConsumerOfTheQueue() {
        client.session.declareQueue(new QueueSpec("t", true, false, true, Arguments.NONE), new Answer<>());
        world.run();
        var consumer = client.consume("t", 1);
        var one = open("one");
        var other = open("two");
        lease(one, 1);
        lease(other, 1);
        assertThat(client.status("t").consumers()).isEqualTo(3);
        var refused = new Answer<Long>();
        client.session.deleteQueue("t", true, false, refused);
        world.run();
        assertThatThrownBy(refused::get).hasMessageContaining("in use");

        one.close();
        consumer.reply.get().cancel(new Answer<>());
        world.run();
        assertThat(client.status("t").consumers()).isEqualTo(1);
        other.close();
        world.run();
        assertThat(client.session.topics().catalogue().named("t"))
                .as("auto-delete: the last one has gone")
                .isNull();
    }

    @Test
    void aQueueIsItsOwnCursorWhateverItIsCalled() {
        client.declare("t");
        world.run();
        append("a", "b");
        assertThat(lease(open("one"), 1)).containsExactly(new Leased(0, 1, 1));
        assertThat(lease(open("two"), 5)).containsExactly(new Leased(1, 2, 1));
        assertThat(client.status("t").unsettled()).isEqualTo(2);
    }

    @Test
    void aMessageThatIsOverIsNotLeased() {
        client.declare("t");
        world.run();
        client.publishExpiring("t", "over", world.time.millis() + 1_000);
        client.publish("", "t", "stays", 2);
        client.session.flush();
        world.run();
        world.time.pass(2_000);
        world.run();
        assertThat(lease(open("g"), 5)).containsExactly(new Leased(1, 2, 1));
    }

    @Test
    void aPausedQueueGivesNothing() {
        client.declare("t");
        world.run();
        append("a");
        client.session.pauseQueue("t", "for a while", new Answer<>());
        world.run();
        assertThat(lease(open("g"), 5)).isEmpty();
    }
}
