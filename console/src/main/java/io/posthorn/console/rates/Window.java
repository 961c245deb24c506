package io.posthorn.console.rates;

/// Which part of the past somebody wants to see.
///
/// @param age how far it goes back, in milliseconds
/// @param step milliseconds between two samples
public record Window(long age, long step) {
    private static final int MOST_SAMPLES = 1_000;

    public Window {
        if (age <= 0 || step <= 0 || age / step > MOST_SAMPLES) {
            throw new IllegalArgumentException("a window of " + age + " ms in steps of " + step + " ms");
        }
    }
}
