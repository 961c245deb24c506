package io.posthorn.verification.bench;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// Numbers as people read them.
public final class Figures {
    private Figures() {}

    public static double median(Collection<Double> values) {
        // Of an even count, between the two in the middle: the upper one of two rounds would flatter.
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.isEmpty() ? Double.NaN : (sorted.get((sorted.size() - 1) / 2) + sorted.get(half)) / 2;
    }

    /// @param share 0.99 for what one in a hundred is beyond
    public static double percentile(Collection<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
    }

    /// Three digits that count, with separators from a thousand on.
    public static String of(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        double size = Math.abs(value);
        String format = size >= 100 || value == 0 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    /// `| a | b |`
    public static String row(Object... cells) {
        var row = new StringBuilder("|");
        for (Object cell : cells) {
            row.append(' ')
                    .append(cell instanceof Double value ? of(value) : cell)
                    .append(" |");
        }
        return row.toString();
    }

    /// A head with the line below it.
    public static String head(Object... cells) {
        return row(cells) + "\n|" + "---|".repeat(cells.length);
    }
}
