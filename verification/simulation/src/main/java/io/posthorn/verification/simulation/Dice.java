package io.posthorn.verification.simulation;

import java.util.List;
import java.util.SplittableRandom;

/// All chance of one world.
public final class Dice {
    private final SplittableRandom random;

    public Dice(long seed) {
        random = new SplittableRandom(seed);
    }

    /// 0 to `bound - 1`.
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /// `from` to `to`, both included.
    public int between(int from, int to) {
        return random.nextInt(from, to + 1);
    }

    public boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    public <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    public long any() {
        return random.nextLong();
    }
}
