package io.posthorn.server.cli;

/// How far long work has come, on standard error, for a person who watches; in a pipe or a script it only counts.
final class Progress {
    private static final int WIDTH = 20;
    private static final long BETWEEN_NANOS = 200_000_000;

    /// A command that is done before this needs no bar.
    private static final long FIRST_NANOS = 1_000_000_000;

    private final String what;
    private final long all;
    private final boolean watched;
    private final long start = System.nanoTime();
    private long next = start + FIRST_NANOS;
    private long done;
    private boolean shown;

    private Progress(String what, long all, boolean watched) {
        this.what = what;
        this.all = all;
        this.watched = watched;
    }

    /// @param all how much there is to do; 0 when nobody knows
    static Progress of(String what, long all) {
        return new Progress(what, all, isWatched());
    }

    // The console is there when standard input and output are a terminal; what matters is standard error.
    private static boolean isWatched() {
        return System.getenv("TERM") != null && Terminal.isThere();
    }

    long done() {
        return done;
    }

    void advance(long more) {
        done += more;
        if (watched && System.nanoTime() - next > 0) {
            show();
        }
    }

    private void show() {
        long now = System.nanoTime();
        next = now + BETWEEN_NANOS;
        shown = true;
        double seconds = (now - start) / 1e9;
        double rate = done / seconds;
        System.err.print("\r" + line(rate) + "\033[K");
        System.err.flush();
    }

    private String line(double rate) {
        if (all <= 0 || done > all) {
            return "%s %d, %.0f/s".formatted(what, done, rate);
        }
        int full = (int) (WIDTH * done / all);
        long left = (long) ((all - done) / Math.max(rate, 0.001));
        return "%s ▕%s%s▏ %d %% %d/%d %.0f/s ETA %d:%02d"
                .formatted(
                        what,
                        "█".repeat(full),
                        " ".repeat(WIDTH - full),
                        100 * done / all,
                        done,
                        all,
                        rate,
                        left / 60,
                        left % 60);
    }

    /// Leaves nothing behind on the screen.
    void end() {
        if (shown) {
            System.err.print("\r\033[K");
            System.err.flush();
        }
    }
}
