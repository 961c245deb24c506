package io.posthorn.server.rabbitmqctl;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One command of rabbitmqctl.
///
/// @param usage what follows the name: `<username> <password>`
/// @param most words; any number of columns where it is [#ANY]
/// @param options that only this command takes, those with a value ending in `=`
/// @param banner what is said first, unless quiet; null for nothing
record CtlCommand(
        String usage,
        int least,
        int most,
        List<String> options,
        @Nullable Function<Ctl, String> banner,
        Action action) {
    static final int ANY = Integer.MAX_VALUE;

    interface Action {
        void run(Ctl ctl) throws InterruptedException;
    }

    static Builder takes(String usage, int least, int most) {
        return new Builder(usage, least, most, List.of(), null);
    }

    static Builder takes(String usage, int words) {
        return takes(usage, words, words);
    }

    static Builder takesNothing() {
        return takes("", 0, 0);
    }

    /// Columns, any number of them.
    static Builder takesColumns() {
        return takes("[<column> ...]", 0, ANY);
    }

    record Builder(
            String usage,
            int least,
            int most,
            List<String> options,
            @Nullable Function<Ctl, String> banner) {
        Builder options(String... more) {
            return new Builder(usage, least, most, List.of(more), banner);
        }

        Builder says(Function<Ctl, String> text) {
            return new Builder(usage, least, most, options, text);
        }

        CtlCommand does(Action action) {
            return new CtlCommand(usage, least, most, options, banner, action);
        }
    }
}
