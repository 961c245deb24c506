package io.posthorn.broker.topology;

import static io.posthorn.broker.topology.ManagerWorld.ALICE;
import static io.posthorn.broker.topology.ManagerWorld.BOB;
import static io.posthorn.broker.topology.ManagerWorld.toExchange;
import static io.posthorn.broker.topology.ManagerWorld.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.ShuttingDown;
import io.posthorn.broker.BrokerException.StorageFailed;
import io.posthorn.broker.BrokerException.StorageFull;
import io.posthorn.broker.BrokerException.VirtualHostNotFound;
import io.posthorn.broker.Done;
import io.posthorn.broker.QueueSpec;
import io.posthorn.log.LogException;
import java.util.HashSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopologyManagerTest {
    private final ManagerWorld world = new ManagerWorld();

    @Test
    void aDurableQueueIsAnsweredAndRoutedToOnceItIsDurable() {
        var answer = world.declare("q");
        assertThat(answer.isThere()).isFalse();
        assertThat(world.host().queue("q")).isNull();
        world.sync();
        assertThat(world.host().queue("q")).isSameAs(answer.get());
        assertThat(world.created).containsExactly(answer.get());
        assertThat(world.recovered().queue("/", "q", ALICE).log())
                .isEqualTo(answer.get().log());
    }

    @Test
    void aSyncThatEndsWhileTheManagerLooksIsHeardOf() {
        world.journal.behindNextLook(() -> {
            world.journal.makeDurable();
            world.manager.durable();
        });
        var answer = world.declare("q");
        assertThat(answer.isThere()).isFalse();
        world.executor.runAll();
        assertThat(answer.isThere()).isTrue();
    }

    @Test
    void aSyncOfWhatIsOthersWakesNobody() {
        world.declare("q");
        world.sync();
        world.manager.durable();
        assertThat(world.executor.runOne()).isFalse();
    }

    @Test
    void whatIsNotJournaledIsAnsweredAtOnce() {
        assertThat(world.declare("transient", "t").isThere()).isTrue();
        assertThat(world.declare("exclusive", "x").isThere()).isTrue();
        assertThat(world.exchange("x", "topic", "t").isThere()).isTrue();
        assertThat(world.bind(toQueue("amq.topic", "exclusive", "#")).isThere()).isTrue();
        world.sync();
        var host = world.recovered().virtualHost("/");
        assertThat(host.queues()).isEmpty();
        assertThat(host.exchange("x")).isNull();
        assertThat(host.bindings()).isEmpty();
    }

    @Test
    void answersKeepTheOrderOfTheRequests() {
        var first = world.declare("durable");
        var second = world.declare("exclusive", "x");
        assertThat(second.isThere()).isFalse();
        world.sync();
        assertThat(first.isThere()).isTrue();
        assertThat(second.isThere()).isTrue();
    }

    @Test
    void whatIsStillOnItsWayCanBeBuiltOn() {
        world.exchange("x", "fanout", "");
        world.declare("q");
        var bound = world.bind(toQueue("x", "q", ""));
        assertThat(bound.isThere()).isFalse();
        world.sync();
        assertThat(bound.get()).isEqualTo(Done.DONE);
        assertThat(world.host().isBound(toQueue("x", "q", ""))).isTrue();
    }

    @Test
    void aBindingIsAsDurableAsBothItsEnds() {
        world.declare("durable");
        world.declare("transient", "t");
        world.exchange("x", "fanout", "t");
        world.bind(toQueue("amq.fanout", "durable", ""));
        world.bind(toQueue("amq.fanout", "transient", ""));
        world.bind(toQueue("x", "durable", ""));
        world.bind(toExchange("amq.fanout", "x", ""));
        world.sync();
        assertThat(world.host().bindings()).hasSize(4);
        assertThat(world.recovered().virtualHost("/").bindings())
                .extracting(Binding::spec)
                .containsExactly(toQueue("amq.fanout", "durable", ""));
    }

    @Test
    void anAutoDeleteExchangeGoesWithItsLastBindingAndSoOn() {
        world.exchange("first", "fanout", "a");
        world.exchange("second", "fanout", "a");
        world.bind(toExchange("first", "second", ""));
        var queue = world.declare("q", "x");
        world.bind(toQueue("second", "q", "1"));
        world.bind(toQueue("second", "q", "2"));
        world.unbind(toQueue("second", "q", "1"));
        world.sync();
        assertThat(world.host().exchange("second")).isNotNull();

        world.delete(queue.get());
        world.sync();
        assertThat(world.host().exchange("second")).isNull();
        assertThat(world.host().exchange("first")).isNull();
        assertThat(world.recovered().virtualHost("/").exchange("first"))
                .as("although the queue itself was not journaled")
                .isNull();
    }

    @Test
    void anAutoDeleteExchangeThatNeverHadABindingStays() {
        world.exchange("x", "fanout", "a");
        world.declare("q", "x");
        world.unbind(toQueue("x", "q", ""));
        world.sync();
        assertThat(world.host().exchange("x")).isNotNull();
    }

    @Test
    void exclusiveQueuesEndWithTheirSession() {
        var mine = world.declare("mine", "x", Arguments.NONE, ALICE).get();
        var other = world.declare("other", "x", Arguments.NONE, BOB).get();
        var ended = world.endSession(ALICE);
        assertThat(ended.get()).isEqualTo(Done.DONE);
        assertThat(world.removed).containsExactly(mine);
        assertThat(world.host().queue("other")).isSameAs(other);
        assertThat(world.host().queue("mine")).isNull();
        assertThat(world.endSession(ALICE).get()).isEqualTo(Done.DONE);
    }

    @Test
    void aNameDeletedAndDeclaredAgainIsAnotherQueue() {
        var first = world.declare("q");
        world.sync();
        world.delete(first.get());
        var second = world.declare("q");
        world.sync();
        assertThat(second.get()).isNotSameAs(first.get());
        assertThat(second.get().log()).isNotEqualTo(first.get().log());
        assertThat(world.removed).containsExactly(first.get());
        assertThat(world.delete(first.get()).get()).isEqualTo(Done.DONE);
        assertThat(world.host().queue("q")).isSameAs(second.get());
    }

    @Test
    void logIdsAreNeverGivenTwiceNotEvenAfterARestart() {
        var seen = new HashSet<Long>();
        for (int i = 0; i < 3; i++) {
            var answer = world.declare("q" + i);
            world.sync();
            assertThat(seen.add(answer.get().log().value())).isTrue();
            world.delete(answer.get());
        }
        world.manager.snapshot(world.journal);
        int begin = world.journal.entries.size();
        world.executor.runAll();
        world.sync();
        var next = world.journal.recover(begin, world.journal.end()).nextLog();
        assertThat(seen).doesNotContain(next.value());
    }

    @Test
    void aPoisonedJournalFailsEveryWaiterAndLeavesWhatWasDurable() {
        var durable = world.declare("before");
        world.sync();
        var declared = world.declare("q");
        var bound = world.bind(toQueue("amq.fanout", "q", ""));
        var behind = world.declare("behind", "x");
        world.journal.refuse(new LogException.Poisoned("sync failed", null));
        world.manager.onPoisoned();
        assertThat(declared.failure()).isInstanceOf(StorageFailed.class);
        assertThat(bound.failure()).isInstanceOf(StorageFailed.class);
        assertThat(behind.failure()).isInstanceOf(StorageFailed.class);
        assertThat(world.declare("q").failure()).isInstanceOf(StorageFailed.class);
        assertThat(world.host().queues()).containsOnlyKeys("before");
        assertThat(world.created).containsExactly(durable.get());
        assertThat(world.endSession(ALICE).isThere()).isTrue();
    }

    @Test
    void aFullStorageRefusesWhatItCannotKeep() {
        world.journal.refuse(new LogException.StorageFull("full"));
        assertThat(world.declare("q").failure()).isInstanceOf(StorageFull.class);
        assertThat(world.declare("x", "x").get().name()).isEqualTo("x");
        assertThat(world.host().queue("q")).isNull();
    }

    @Test
    void whoeverAsksAClosedStorageOrABrokenOneIsAnswered() {
        world.journal.refuse(new IllegalStateException("the storage is closed"));
        assertThat(world.declare("q").failure()).isInstanceOf(ShuttingDown.class);
        world.journal.refuse(new UnsupportedOperationException("on purpose"));
        assertThat(world.declare("q").failure()).isInstanceOf(StorageFailed.class);
        assertThat(world.host().queue("q")).isNull();
    }

    @Test
    void anUnknownVirtualHostIsNamed() {
        var answer = new Answer<QueueEntry>();
        world.manager.declareQueue(
                "nov", new QueueSpec("q", true, false, false, Arguments.NONE), ALICE, DeclarePermit.ALL, answer);
        assertThat(answer.failure()).isInstanceOf(VirtualHostNotFound.class).hasMessage("vhost nov not found");
    }

    @Test
    void theShardOfAQueueDependsOnItsNamesOnly() {
        var shards = new int[Topology.SHARDS];
        for (int i = 0; i < 1_600; i++) {
            shards[world.declare("queue-" + i, "x").get().shard()]++;
        }
        assertThat(IntStream.of(shards)).allSatisfy(count -> assertThat(count).isBetween(50, 200));
    }
}
