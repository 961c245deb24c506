package io.posthorn.verification.bench;

import io.posthorn.verification.bench.Cases.Case;
import io.posthorn.verification.bench.Cases.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Medians of all rounds, with the least and the most, and how Posthorn stands beside RabbitMQ.
///
/// @param results of each round, by the case's name followed by the target's
record Report(List<Case> cases, List<Target> targets, Map<String, List<Result>> results) {
    /// A row in which somebody else had more of the machine than this, in processors, says little.
    private static final double DISTURBED = 0.15;

    private static final Map<String, String> TITLES = Map.of(
            "rate", "msg/s",
            "serverCpu", "server CPU s/M",
            "loadCpu", "load CPU s/M",
            "others", "others' CPUs",
            "consumerP50", "p50 ms",
            "consumerP99", "p99 ms",
            "consumerP999", "p99.9 ms",
            "confirmP50", "confirm p50",
            "confirmP99", "confirm p99",
            "confirmP999", "confirm p99.9");

    void print() {
        List<String> columns = List.of();
        for (Case one : cases) {
            if (!one.columns().equals(columns)) {
                columns = one.columns();
                List<Object> titles = new ArrayList<>(List.of("case", "broker"));
                columns.forEach(column -> titles.add(TITLES.get(column)));
                titles.add("to classic");
                System.out.println("\n" + Figures.head(titles.toArray()));
            }
            targets.forEach(target -> row(one, target));
        }
    }

    private void row(Case one, Target target) {
        List<Result> rounds = results.get(one.name() + target.name());
        if (rounds == null) {
            return;
        }
        List<Object> cells = new ArrayList<>(List.of(one.name(), target.name()));
        for (String column : one.columns()) {
            List<Double> values = values(rounds, column);
            boolean disturbed = column.equals("others") && Figures.median(values) > DISTURBED;
            cells.add(Figures.of(Figures.median(values))
                    + (values.size() > 1
                            ? " (" + Figures.of(Figures.percentile(values, 0)) + "–"
                                    + Figures.of(Figures.percentile(values, 1)) + ")"
                            : "")
                    + (disturbed ? " disturbed" : ""));
        }
        cells.add(ratio(one, rounds));
        System.out.println(Figures.row(cells.toArray()));
    }

    private String ratio(Case one, List<Result> rounds) {
        String measure = one.columns().getFirst();
        List<Result> classic = results.get(one.name() + Cases.CLASSIC);
        if (classic == null) {
            return "–";
        }
        double rate = Figures.median(values(rounds, measure)) / Figures.median(values(classic, measure));
        double cpu = Figures.median(values(rounds, "serverCpu")) / Figures.median(values(classic, "serverCpu"));
        return Figures.of(rate) + "; CPU " + Figures.of(cpu);
    }

    private static List<Double> values(List<Result> rounds, String column) {
        return rounds.stream().map(round -> round.get(column)).toList();
    }
}
