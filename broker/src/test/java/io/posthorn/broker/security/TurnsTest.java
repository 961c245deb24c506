package io.posthorn.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TurnsTest {
    private final Deque<Runnable> executor = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();

    @Test
    void groupsTakeTurns() {
        var turns = new Turns(executor::add, 1, 10);

        for (String task : List.of("a1", "a2", "a3", "b1", "c1", "b2")) {
            turns.run(task.substring(0, 1), () -> ran.add(task));
        }
        executor.remove().run();

        assertThat(ran).containsExactly("a1", "a2", "b1", "c1", "a3", "b2");
        assertThat(executor).isEmpty();
    }

    @Test
    void onlySoManyRunAtOnce() {
        var turns = new Turns(executor::add, 2, 10);

        for (int i = 0; i < 5; i++) {
            turns.run("a", () -> ran.add("x"));
        }

        assertThat(executor).hasSize(2);
        executor.forEach(Runnable::run);
        assertThat(ran).hasSize(5);
    }

    @Test
    void whoeverComesWhenTooManyWaitIsTurnedAway() {
        var turns = new Turns(executor::add, 1, 1);

        assertThat(turns.run("a", () -> {})).isTrue();
        assertThat(turns.run("a", () -> {})).isTrue();
        assertThat(turns.run("b", () -> {})).isFalse();
    }

    @Test
    void aTaskThatFailsTakesNoPlaceWithIt() {
        var turns = new Turns(executor::add, 1, 10);

        turns.run("a", () -> {
            throw new IllegalStateException("on purpose");
        });
        turns.run("a", () -> ran.add("a2"));
        executor.remove().run();
        turns.run("a", () -> ran.add("a3"));
        executor.remove().run();

        assertThat(ran).containsExactly("a2", "a3");
    }
}
