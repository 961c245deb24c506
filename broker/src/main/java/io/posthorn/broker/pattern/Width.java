package io.posthorn.broker.pattern;

import java.util.List;

/// How many letters match.
final class Width {
    static final int VARIABLE = -1;

    private Width() {}

    /// [#VARIABLE] when not every match has the same.
    static int of(Node node) {
        return switch (node) {
            case Node.Letter _ -> 1;
            case Node.At _, Node.LookAhead _, Node.LookBehind _ -> 0;
            case Node.Sequence(List<Node> parts) -> sum(parts);
            case Node.Choice(List<Node> options) -> common(options);
            case Node.Repeat(Node what, int least, int most) -> {
                int width = of(what);
                yield width == VARIABLE || least != most ? VARIABLE : width * least;
            }
        };
    }

    private static int sum(List<Node> parts) {
        int sum = 0;
        for (Node part : parts) {
            int width = of(part);
            if (width == VARIABLE) {
                return VARIABLE;
            }
            sum += width;
        }
        return sum;
    }

    private static int common(List<Node> options) {
        int width = of(options.getFirst());
        for (Node option : options) {
            if (of(option) != width) {
                return VARIABLE;
            }
        }
        return width;
    }
}
