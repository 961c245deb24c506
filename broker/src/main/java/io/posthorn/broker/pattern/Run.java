package io.posthorn.broker.pattern;

import io.posthorn.broker.pattern.Program.Step;

/// Looks for one program in one name, and gives up after too many steps. Of one thread.
final class Run {
    private static final int MOST_STEPS = 2_000_000;

    private final int[] name;
    private int stepsLeft = MOST_STEPS;

    Run(int[] name) {
        this.name = name;
    }

    boolean isExhausted() {
        return stepsLeft <= 0;
    }

    /// Whether it matches anywhere. Means nothing when exhausted.
    boolean finds(Program program) {
        return new States(program).reachFound(0, true);
    }

    private boolean matchesAt(int position, Program program) {
        return position >= 0 && new States(program).reachFound(position, false);
    }

    /// The steps that the machine is in at one position, each once.
    private final class States {
        private final Program program;
        private int[] current;
        private int[] next;
        private int currentCount;
        private int nextCount;
        private final int[] stack;
        // The position at which a step was entered last, plus one.
        private final int[] entered;

        States(Program program) {
            this.program = program;
            this.current = new int[program.size()];
            this.next = new int[program.size()];
            this.stack = new int[2 * program.size() + 1];
            this.entered = new int[program.size()];
            // What was just set aside took time too.
            stepsLeft -= program.size() / 8;
        }

        boolean reachFound(int from, boolean anywhere) {
            for (int at = from; at <= name.length; at++) {
                if (at == from || anywhere) {
                    add(0);
                }
                if (enter(at)) {
                    return true;
                }
                if (isExhausted() || (nextCount == 0 && !anywhere)) {
                    return false;
                }
            }
            return false;
        }

        private void add(int step) {
            current[currentCount++] = step;
        }

        /// Goes from every current step as far as it gets without taking a letter, and takes this position's letter.
        /// True when it gets to the end of the program.
        private boolean enter(int at) {
            nextCount = 0;
            for (int i = 0; i < currentCount; i++) {
                if (follow(current[i], at)) {
                    return true;
                }
            }
            int[] spare = current;
            current = next;
            currentCount = nextCount;
            next = spare;
            return false;
        }

        private boolean follow(int first, int at) {
            int depth = 0;
            stack[depth++] = first;
            while (depth > 0) {
                int number = stack[--depth];
                if (entered[number] == at + 1) {
                    continue;
                }
                entered[number] = at + 1;
                if (--stepsLeft <= 0) {
                    return false;
                }
                switch (program.step(number)) {
                    case Step.Found _ -> {
                        return true;
                    }
                    case Step.Take take -> take(take, number, at);
                    case Step.Jump jump -> stack[depth++] = jump.to();
                    case Step.Fork fork -> {
                        stack[depth++] = fork.other();
                        stack[depth++] = fork.one();
                    }
                    case Step.Check check -> {
                        if (isAt(check.place(), at)) {
                            stack[depth++] = number + 1;
                        }
                    }
                    case Step.Look look -> {
                        if (matchesAt(at - look.back(), look.program()) != look.negated()) {
                            stack[depth++] = number + 1;
                        }
                    }
                }
            }
            return false;
        }

        private void take(Step.Take take, int number, int at) {
            if (at < name.length && take.letters().test(name[at])) {
                next[nextCount++] = number + 1;
            }
        }
    }

    private boolean isAt(Node.Place place, int at) {
        return switch (place) {
            case BEGIN -> at == 0;
            case END -> at == name.length || (at == name.length - 1 && name[at] == '\n');
            case VERY_END -> at == name.length;
            case LINE_BEGIN -> at == 0 || (name[at - 1] == '\n' && at < name.length);
            case LINE_END -> at == name.length || name[at] == '\n';
            case WORD_BOUNDARY -> isWord(at - 1) != isWord(at);
            case NO_WORD_BOUNDARY -> isWord(at - 1) == isWord(at);
        };
    }

    private boolean isWord(int at) {
        return at >= 0 && at < name.length && Letters.WORD.test(name[at]);
    }
}
