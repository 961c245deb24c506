package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.topic.CursorStatus;
import io.posthorn.broker.topic.LeaseEnd.How;
import io.posthorn.broker.topic.Leased;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CursorsTest extends LeaseWorld {
    @Test
    void aCursorBeginsWhereItIsTold() {
        create(1);
        append("a", "b", "c");
        restart("g", 2);
        assertThat(lease(open("g"), 5)).containsExactly(new Leased(2, 3, 1));
        assertThat(restart("g", 1).isThere()).isTrue();
        assertThat(lease(open("g"), 5)).containsExactly(new Leased(1, 3, 1));
    }

    @Test
    void whoHadSomethingBeforeTheCursorBeganAnewHasItNoMore() {
        create(1);
        append("a", "b", "c");
        var one = open("g");
        lease(one, 3);
        restart("g", 0);
        one.close();
        world.run();
        assertThat(lease(open("g"), 5)).containsExactly(new Leased(0, 3, 1));
        assertThat(lease(open("g"), 5)).isEmpty();
    }

    @Test
    void aCursorThatQueuesConsumersUseStaysWhereItIs() {
        create(1);
        append("a", "b", "c");
        client.consume("t", 1);
        world.run();
        var answer = restart("", 0);
        assertThatThrownBy(answer::get).hasMessageContaining("in use");
    }

    @Test
    void whatWasTakenFromAQueueDoesNotComeBack() {
        client.declare("t");
        world.run();
        append("a", "b", "c");
        var one = open("g");
        lease(one, 2);
        end(one, 0, 2, How.ACCEPTED);
        assertThatThrownBy(restart("g", 1)::get).hasMessageContaining("was taken from");
        restart("g", 3);
        assertThat(status("g")).isEqualTo(new CursorStatus(3, 0));
    }

    @Test
    void aCursorThatIsDeletedBeginsWithTheFirstRecord() {
        create(1);
        append("a", "b");
        restart("g", 2);
        cursors().delete(topic(), "g", new Answer<>());
        world.run();
        assertThat(cursors().isDeclared(topic(), "g")).isFalse();
        assertThat(lease(open("g"), 5)).containsExactly(new Leased(0, 2, 1));
    }

    @Test
    void aCursorBeginsWhereItWasDeclaredTo() {
        create(1);
        append("a", "b", "c");
        cursor("g", 2L);
        assertThat(lease(open("g"), 5)).containsExactly(new Leased(2, 3, 1));
    }

    @Test
    void aPartitionOfWhichNothingWasSaidIsReadFromItsStart() {
        create(2);
        append("a", "b", "c");
        cursor("g", 2L);
        assertThat(status("g")).isEqualTo(new CursorStatus(2, 0));
        cursor("whole");
        assertThat(status("whole")).isEqualTo(new CursorStatus(0, 0));
    }

    /// The declaration is all that a crash may leave of a cursor, and it says everything.
    @Test
    void whereACursorBeginsIsKnownAfterACrash() {
        for (int seed = 0; seed < 40; seed++) {
            var random = new Random(seed);
            world = new BrokerWorld(new FakeStorage().syncsAtOnce());
            client = world.connect();
            create(1);
            append("a", "b", "c", "d", "e");
            long start = 1L + random.nextInt(5);
            cursor("g", start);
            for (int i = random.nextInt(5); i > 0; i--) {
                switch (random.nextInt(4)) {
                    case 0 -> snapshot();
                    case 1 -> crash();
                    case 2 -> {
                        start = random.nextInt(6);
                        restart("g", start);
                    }
                    default -> {
                        var holder = open("g");
                        for (Leased each : lease(holder, 1)) {
                            end(holder, each.from(), each.to(), How.ACCEPTED);
                            start = each.to();
                        }
                    }
                }
            }
            crash();
            assertThat(status("g")).as("seed %d", seed).isEqualTo(new CursorStatus(start, 0));
        }
    }
}
