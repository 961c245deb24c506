package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.shard.Produced;
import io.posthorn.broker.topic.CursorStatus;
import io.posthorn.broker.topic.Isolation;
import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.broker.topic.LeaseEnd;
import io.posthorn.broker.topic.LeaseEnd.How;
import io.posthorn.broker.topic.LeaseRules;
import io.posthorn.broker.topic.LeaseWish;
import io.posthorn.broker.topic.Leased;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeasesTest extends LeaseWorld {
    // ---- Who has what

    @Test
    void whatOneHasNobodyElseGets() {
        create(1);
        append("a", "b", "c", "d", "e");
        var one = open("g");
        var other = open("g");

        assertThat(lease(one, 3)).containsExactly(new Leased(0, 3, 1));
        assertThat(lease(other, 3)).containsExactly(new Leased(3, 5, 1));
        assertThat(lease(other, 3)).isEmpty();
        assertThat(end(one, 0, 3, How.ACCEPTED)).isEqualTo(LeaseAnswer.DONE);
        assertThat(status("g")).isEqualTo(new CursorStatus(3, 0));
    }

    @Test
    void eachCursorHasEverything() {
        create(1);
        append("a", "b");

        assertThat(lease(open("one"), 10)).containsExactly(new Leased(0, 2, 1));
        assertThat(lease(open("two"), 10)).containsExactly(new Leased(0, 2, 1));
    }

    @Test
    void nobodyEndsWhatHeHasNot() {
        create(1);
        append("a", "b", "c", "d");
        var one = open("g");
        var other = open("g");
        lease(one, 2);
        lease(other, 1);

        assertThat(end(one, 1, 3, How.ACCEPTED)).isEqualTo(LeaseAnswer.NOT_LEASED);
        assertThat(end(one, 1, 4, How.ACCEPTED)).isEqualTo(LeaseAnswer.NEVER_LEASED);
        assertThat(end(one, 0, 2, How.ACCEPTED)).isEqualTo(LeaseAnswer.DONE);
        assertThat(end(one, 0, 2, How.ACCEPTED)).as("over already").isEqualTo(LeaseAnswer.DONE);
        assertThat(end(one, 2, 3, How.ACCEPTED)).isEqualTo(LeaseAnswer.NOT_LEASED);
        assertThat(status("g")).isEqualTo(new CursorStatus(2, 0));
    }

    @Test
    void allOfARequestHappensOrNothing() {
        create(1);
        append("a", "b", "c");
        var one = open("g");
        lease(one, 2);
        var answer = new Answer<LeaseAnswer>();
        one.end(List.of(new LeaseEnd(0, 1, How.ACCEPTED), new LeaseEnd(2, 3, How.ACCEPTED)), answer);
        world.run();

        assertThat(answer.get()).isEqualTo(LeaseAnswer.NEVER_LEASED);
        assertThat(status("g")).isEqualTo(new CursorStatus(0, 0));
    }

    @Test
    void noMoreAreLeasedThanMayBe() {
        create(1);
        append("a", "b", "c", "d", "e");
        var one = open("g");
        var rules = new LeaseRules(30_000, 5, 3, Isolation.READ_COMMITTED);
        assertThat(lease(one, LeaseWish.of(10, rules))).containsExactly(new Leased(0, 3, 1));
        assertThat(lease(open("g"), LeaseWish.of(10, rules))).isEmpty();
        end(one, 1, 2, How.ACCEPTED);
        assertThat(lease(one, LeaseWish.of(10, rules))).containsExactly(new Leased(3, 4, 1));
    }

    @Test
    void whoWaitsForRoomIsToldWhenThereIsSome() {
        create(1);
        append("a", "b", "c", "d", "e");
        var rules = new LeaseRules(30_000, 5, 3, Isolation.READ_COMMITTED);
        var one = open("g");
        var other = open("g");
        lease(one, LeaseWish.of(10, rules));
        assertThat(lease(other, LeaseWish.of(10, rules))).isEmpty();
        var told = new Answer<Done>();
        other.awaitReady(told);
        world.run();
        assertThat(told.isThere()).as("he would only ask again").isFalse();

        end(one, 0, 1, How.ACCEPTED);
        assertThat(told.isThere()).isTrue();
        assertThat(lease(other, LeaseWish.of(10, rules))).containsExactly(new Leased(3, 4, 1));
    }

    @Test
    void whatIsDeletedNobodyHasAnyMore() {
        create(1);
        append("a", "b", "c", "d");
        var rules = new LeaseRules(30_000, 5, 2, Isolation.READ_COMMITTED);
        var one = open("g");
        var other = open("g");
        lease(one, LeaseWish.of(1, rules));
        lease(other, LeaseWish.of(1, rules));
        end(other, 1, 2, How.RELEASED);
        client.session.topics().deleteBefore(partition(0), 2, new Answer<>());
        world.run();

        assertThat(lease(other, LeaseWish.of(9, rules)))
                .as("room, and no ghosts")
                .containsExactly(new Leased(2, 4, 1));
        world.time.pass(30_000);
        world.run();
        assertThat(lease(one, LeaseWish.of(9, rules))).containsExactly(new Leased(2, 4, 2));
        assertThat(end(one, 0, 4, How.ACCEPTED)).isEqualTo(LeaseAnswer.DONE);
        assertThat(status("g")).isEqualTo(new CursorStatus(4, 0));
    }

    @Test
    void whoWaitsIsToldOnce() {
        create(1);
        var one = open("g");
        assertThat(lease(one, 1)).isEmpty();
        var told = new Answer<Done>();
        one.awaitReady(told);
        world.run();
        assertThat(told.isThere()).isFalse();
        append("a");
        assertThat(told.isThere()).isTrue();
        assertThat(lease(one, 1)).hasSize(1);
    }

    @Test
    void withAGapNothingIsLeasedBeyondIt() {
        create(1);
        append("a", "b", "c", "d");
        var one = open("g");
        lease(one, 1);
        end(one, 0, 1, How.RELEASED);

        assertThat(lease(one, new LeaseWish(9, 1, 3, RULES))).isEmpty();
        assertThat(lease(one, new LeaseWish(9, 0, 3, RULES))).containsExactly(new Leased(0, 1, 2), new Leased(1, 3, 1));
    }

    // ---- What comes back

    @Test
    void whatIsReleasedComesBackAndIsCounted() {
        create(1);
        append("a", "b");
        var one = open("g");
        lease(one, 2);
        end(one, 0, 1, How.RELEASED);
        assertThat(lease(open("g"), 5)).containsExactly(new Leased(0, 1, 2));
    }

    @Test
    void whatNobodyHasSeenIsNotCounted() {
        create(1);
        append("a", "b");
        var one = open("g");
        lease(one, 2);
        end(one, 0, 2, How.UNSEEN);
        assertThat(lease(one, 5)).containsExactly(new Leased(0, 2, 1));
    }

    @Test
    void whatComesBackTooOftenIsGivenUp() {
        create(1);
        append("a", "b");
        var one = open("g");
        for (int delivery = 1; delivery <= 3; delivery++) {
            assertThat(lease(one, 1)).containsExactly(new Leased(0, 1, delivery));
            end(one, 0, 1, How.RELEASED);
        }
        assertThat(lease(one, 5)).containsExactly(new Leased(1, 2, 1));
        assertThat(status("g")).isEqualTo(new CursorStatus(1, 0));
    }

    @Test
    void whatIsRefusedNeverComesBack() {
        create(1);
        append("a", "b");
        var one = open("g");
        lease(one, 2);
        end(one, 0, 2, How.REJECTED);
        assertThat(lease(one, 2)).isEmpty();
        assertThat(status("g")).isEqualTo(new CursorStatus(2, 0));
    }

    @Test
    void whatIsNotSettledInTimeComesBack() {
        create(1);
        append("a", "b", "c");
        var one = open("g");
        lease(one, 3);
        world.time.pass(20_000);
        end(one, 1, 2, How.RENEWED);
        world.time.pass(15_000);
        world.run();

        assertThat(lease(open("g"), 5)).containsExactly(new Leased(0, 1, 2), new Leased(2, 3, 2));
        assertThat(end(one, 0, 1, How.ACCEPTED)).isEqualTo(LeaseAnswer.NOT_LEASED);
        assertThat(end(one, 1, 2, How.ACCEPTED)).isEqualTo(LeaseAnswer.DONE);
    }

    @Test
    void whoGoesGivesBackWhatHeHas() {
        create(1);
        append("a", "b");
        var gone = world.connect();
        var one = gone.session.topics().cursors().open(partition(0), cursor("g"), "m");
        lease(one, 2);
        gone.session.close();
        world.run();
        assertThat(lease(open("g"), 5)).containsExactly(new Leased(0, 2, 2));
    }

    // ---- Transactions

    private static final LeaseWish COMMITTED = LeaseWish.of(99, RULES.amongConsumers());
    private static final LeaseWish UNCOMMITTED =
            LeaseWish.of(99, new LeaseRules(30_000, 3, 1_000, Isolation.READ_UNCOMMITTED));

    @Test
    void whatIsOfAnOpenTransactionIsLeasedToThoseWhoWantIt() {
        create(1);
        append("a");
        append(Produced.transactional(7, 0, 0, "b", "c"));
        append("d");

        assertThat(lease(open("strict"), COMMITTED)).containsExactly(new Leased(0, 1, 1));
        var eager = open("eager");
        assertThat(lease(eager, UNCOMMITTED)).containsExactly(new Leased(0, 4, 1));
        assertThat(end(eager, 1, 3, How.ACCEPTED)).isEqualTo(LeaseAnswer.DONE);

        crash();
        assertThat(lease(open("eager"), COMMITTED)).as("what is done stays so").containsExactly(new Leased(0, 1, 1));
        append(Produced.marker(7, 0, 0, false));
        assertThat(lease(open("eager"), COMMITTED)).containsExactly(new Leased(3, 5, 1));
        assertThat(lease(open("strict"), COMMITTED)).containsExactly(new Leased(0, 5, 1));
    }

    @Test
    void whatWasGivenAwayComesBackAlsoWhenAGroupBecomesStricter() {
        create(1);
        append(Produced.transactional(7, 0, 0, "a", "b", "c"));
        var one = open("g");
        assertThat(lease(one, LeaseWish.of(2, UNCOMMITTED.rules()))).containsExactly(new Leased(0, 2, 1));
        end(one, 0, 2, How.RELEASED);
        assertThat(lease(one, COMMITTED)).containsExactly(new Leased(0, 2, 2));
        append(Produced.transactional(7, 0, 3, "d"));
        assertThat(lease(one, COMMITTED)).isEmpty();
        append(Produced.marker(7, 0, 0, true));
        assertThat(lease(one, COMMITTED)).containsExactly(new Leased(2, 5, 1));
    }

    @Test
    void whoWaitsForWhatIsNotCommittedIsTold() {
        create(1);
        var one = open("g");
        assertThat(lease(one, UNCOMMITTED)).isEmpty();
        var told = new Answer<Done>();
        one.awaitReady(told);
        append(Produced.transactional(7, 0, 0, "a"));
        assertThat(told.isThere()).isTrue();
    }

    // ---- Over a restart

    @Test
    void whatHasHappenedIsKnownAfterACrash() {
        for (int seed = 0; seed < 30; seed++) {
            var random = new Random(seed);
            world = new BrokerWorld(new FakeStorage().syncsAtOnce());
            client = world.connect();
            create(1);
            for (int i = 0; i < 20; i++) {
                append("m" + i);
            }
            restart("g", random.nextInt(3));
            var deliveries = new TreeMap<Long, Integer>();
            for (long offset = status("g").start(); offset < 20; offset++) {
                deliveries.put(offset, 1);
            }
            var holder = open("g");
            // So few that something is left to be known.
            for (int i = random.nextInt(15); i > 0; i--) {
                for (Leased each : lease(holder, 1 + random.nextInt(3))) {
                    assertThat(each.deliveries()).as("seed %d", seed).isEqualTo(deliveries.get(each.from()));
                    boolean comesBack = random.nextBoolean();
                    end(holder, each.from(), each.to(), comesBack ? How.RELEASED : How.ACCEPTED);
                    for (long offset = each.from(); offset < each.to(); offset++) {
                        int count = Objects.requireNonNull(deliveries.remove(offset));
                        if (comesBack && count < RULES.mostDeliveries()) {
                            deliveries.put(offset, count + 1);
                        }
                    }
                }
                if (random.nextInt(10) == 0) {
                    snapshot();
                }
            }
            crash();
            var found = new TreeMap<Long, Integer>();
            lease(open("g"), 100).forEach(each -> {
                for (long offset = each.from(); offset < each.to(); offset++) {
                    found.put(offset, each.deliveries());
                }
            });
            assertThat(found).as("seed %d", seed).isEqualTo(deliveries);
        }
    }

    @Test
    void anEndIsDurableBeforeItIsAnswered() {
        world = new BrokerWorld(new FakeStorage());
        client = world.connect();
        client.createTopic("t", 1);
        world.syncAndRun();
        append("a");
        world.syncAndRun();
        cursors().declare(topic(), "g", List.of(), new Answer<>());
        world.run();
        world.syncAndRun();
        var holder = cursors().open(partition(0), "g", "m");
        var leased = new Answer<List<Leased>>();
        holder.lease(LeaseWish.of(1, RULES), leased);
        world.run();
        assertThat(leased.isThere())
                .as("that somebody may take is durable first")
                .isFalse();
        world.syncAndRun();
        assertThat(leased.get()).hasSize(1);
        var answer = new Answer<LeaseAnswer>();
        holder.end(List.of(new LeaseEnd(0, 1, How.ACCEPTED)), answer);
        world.run();
        assertThat(answer.isThere()).isFalse();
        world.syncAndRun();
        assertThat(answer.get()).isEqualTo(LeaseAnswer.DONE);
    }

    /// Asked again, it is over in memory; that does not make it durable.
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.INCLUDE,
            names = {"ACCEPTED", "RELEASED", "REJECTED"})
    void anEndThatTheJournalDoesNotTakeIsNeverAnsweredAsDone(How how) {
        create(1);
        append("a");
        var holder = open("g");
        lease(holder, 1);
        world.storage.failSync();
        for (int i = 0; i < 2; i++) {
            var answer = new Answer<LeaseAnswer>();
            holder.end(List.of(new LeaseEnd(0, 1, how)), answer);
            world.run();
            assertThat(answer.failure()).isInstanceOf(BrokerException.StorageFailed.class);
            lease(holder, 1);
        }
        crash();
        assertThat(lease(open("g"), 1)).containsExactly(new Leased(0, 1, 1));
    }
}
