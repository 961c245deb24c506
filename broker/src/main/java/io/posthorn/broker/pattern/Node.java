package io.posthorn.broker.pattern;

import java.util.List;
import java.util.function.IntPredicate;

/// What an expression is made of. Of repetitions it does not matter whether they are greedy: nobody asks what matched.
sealed interface Node {
    /// No end of a repetition.
    int UNLIMITED = -1;

    record Letter(IntPredicate is) implements Node {}

    record Sequence(List<Node> parts) implements Node {}

    record Choice(List<Node> options) implements Node {}

    /// @param most or [#UNLIMITED]
    record Repeat(Node what, int least, int most) implements Node {}

    record At(Place place) implements Node {}

    record LookAhead(Node what, boolean negated) implements Node {}

    /// @param width of everything that it can be
    record LookBehind(Node what, int width, boolean negated) implements Node {}

    /// Between which letters something is.
    enum Place {
        BEGIN,
        /// Behind the last letter, or before a line feed that is the last.
        END,
        VERY_END,
        LINE_BEGIN,
        LINE_END,
        WORD_BOUNDARY,
        NO_WORD_BOUNDARY
    }
}
