package io.posthorn.broker.pattern;

import io.posthorn.broker.pattern.Syntax.Unreadable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/// An expression as steps of a machine that is in several of them at once. Immutable.
final class Program {
    private static final int MOST_STEPS = 20_000;

    /// One step; where nothing else is said the next one follows.
    sealed interface Step {
        record Take(IntPredicate letters) implements Step {}

        record Jump(int to) implements Step {}

        record Fork(int one, int other) implements Step {}

        record Check(Node.Place place) implements Step {}

        /// @param back how many letters to go back first
        record Look(Program program, int back, boolean negated) implements Step {}

        record Found() implements Step {}
    }

    private final Step[] steps;

    private Program(List<Step> steps) {
        this.steps = steps.toArray(Step[]::new);
    }

    Step step(int number) {
        return steps[number];
    }

    int size() {
        return steps.length;
    }

    /// @throws Unreadable when it becomes too large
    static Program of(Node node) {
        return new Compiler().program(node);
    }

    private static final class Compiler {
        private int count;

        Program program(Node node) {
            List<Step> steps = new ArrayList<>();
            append(node, steps);
            add(new Step.Found(), steps);
            return new Program(steps);
        }

        private void append(Node node, List<Step> to) {
            switch (node) {
                case Node.Letter(IntPredicate is) -> add(new Step.Take(is), to);
                case Node.At(Node.Place place) -> add(new Step.Check(place), to);
                case Node.Sequence(List<Node> parts) -> parts.forEach(part -> append(part, to));
                case Node.Choice(List<Node> options) -> choice(options, to);
                case Node.Repeat(Node what, int least, int most) -> repeat(what, least, most, to);
                case Node.LookAhead(Node what, boolean negated) -> add(new Step.Look(program(what), 0, negated), to);
                case Node.LookBehind(Node what, int width, boolean negated) ->
                    add(new Step.Look(program(what), width, negated), to);
            }
        }

        private void choice(List<Node> options, List<Step> to) {
            List<Integer> ends = new ArrayList<>();
            for (int i = 0; i < options.size() - 1; i++) {
                int fork = add(new Step.Found(), to);
                append(options.get(i), to);
                ends.add(add(new Step.Found(), to));
                to.set(fork, new Step.Fork(fork + 1, to.size()));
            }
            append(options.getLast(), to);
            ends.forEach(end -> to.set(end, new Step.Jump(to.size())));
        }

        private void repeat(Node what, int least, int most, List<Step> to) {
            for (int i = 0; i < least; i++) {
                append(what, to);
            }
            if (most == Node.UNLIMITED) {
                int fork = add(new Step.Found(), to);
                append(what, to);
                add(new Step.Jump(fork), to);
                to.set(fork, new Step.Fork(fork + 1, to.size()));
                return;
            }
            List<Integer> forks = new ArrayList<>();
            for (int i = least; i < most; i++) {
                forks.add(add(new Step.Found(), to));
                append(what, to);
            }
            forks.forEach(fork -> to.set(fork, new Step.Fork(fork + 1, to.size())));
        }

        private int add(Step step, List<Step> to) {
            if (++count > MOST_STEPS) {
                throw new Unreadable("it is too large");
            }
            to.add(step);
            return to.size() - 1;
        }
    }
}
