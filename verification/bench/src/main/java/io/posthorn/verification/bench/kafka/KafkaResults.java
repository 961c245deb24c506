package io.posthorn.verification.bench.kafka;

import io.posthorn.verification.bench.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was measured so far, as tables. Written to a file after each case, so that a run that is cut short loses
/// nothing.
final class KafkaResults {
    /// Whom all are compared with.
    static final String REFERENCE = "Apache Kafka";

    private final Path file;
    private final Map<KafkaCase, Map<String, List<double[]>>> rounds = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    KafkaResults(Path file) {
        this.file = file;
    }

    void add(KafkaCase one, String server, double... figures) throws IOException {
        rounds.computeIfAbsent(one, _ -> new LinkedHashMap<>())
                .computeIfAbsent(server, _ -> new ArrayList<>())
                .add(figures);
        write();
    }

    /// Something that tables do not say.
    void note(String text) throws IOException {
        notes.add(text);
        write();
    }

    private void write() throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, toString());
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (Kind kind : Kind.values()) {
            table(kind, text);
        }
        notes.forEach(note -> text.append("- ").append(note).append('\n'));
        return text.toString();
    }

    private void table(Kind kind, StringBuilder text) {
        List<KafkaCase> cases =
                rounds.keySet().stream().filter(one -> one.kind() == kind).toList();
        if (cases.isEmpty()) {
            return;
        }
        List<Object> head = new ArrayList<>(List.of(kind.title(), "server"));
        head.addAll(kind.columns());
        head.add("times Kafka");
        if (kind.hasCpu()) {
            head.add("CPU to Kafka");
        }
        head.add("rounds");
        text.append(Figures.head(head.toArray())).append('\n');
        for (KafkaCase one : cases) {
            rows(one, rounds.getOrDefault(one, Map.of()), text);
        }
        text.append('\n');
    }

    private static void rows(KafkaCase one, Map<String, List<double[]>> servers, StringBuilder text) {
        double[] reference = medians(servers.get(REFERENCE));
        servers.forEach((server, all) -> {
            double[] figures = medians(all);
            if (figures == null) {
                return;
            }
            List<Object> row = new ArrayList<>(List.of(one.name(), server));
            for (double figure : figures) {
                row.add(figure);
            }
            row.add(reference == null ? Double.NaN : one.kind().timesAsGood(figures, reference));
            if (one.kind().hasCpu()) {
                row.add(reference == null ? Double.NaN : one.kind().cpuRatio(figures, reference));
            }
            row.add(all.size());
            text.append(Figures.row(row.toArray())).append('\n');
        });
    }

    private static double @Nullable [] medians(@Nullable List<double[]> all) {
        if (all == null || all.isEmpty()) {
            return null;
        }
        var medians = new double[all.getFirst().length];
        for (int i = 0; i < medians.length; i++) {
            int column = i;
            medians[i] =
                    Figures.median(all.stream().map(figures -> figures[column]).toList());
        }
        return medians;
    }
}
