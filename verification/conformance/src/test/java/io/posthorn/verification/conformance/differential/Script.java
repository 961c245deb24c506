package io.posthorn.verification.conformance.differential;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// A sequence of acts under one title, and what a broker answers to each.
///
/// @param lines as written: acts at the margin, their answers indented, comments behind `#`
record Script(String title, List<String> lines) {
    static final String TITLE = "## ";
    private static final String PENDING = "# pending: ";
    private static final String INDENT = "    ";

    /// One act and its answers.
    record Step(String act, List<String> answers) {
        String text() {
            return answers.stream().map(answer -> "\n" + INDENT + answer).collect(Collectors.joining("", act, ""));
        }
    }

    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (String line : lines) {
            if (isAct(line)) {
                steps.add(new Step(line, new ArrayList<>()));
            } else if (line.startsWith(INDENT)) {
                steps.getLast().answers.add(line.strip());
            }
        }
        return steps;
    }

    private static boolean isAct(String line) {
        return !line.isBlank() && !line.startsWith(INDENT) && !line.startsWith("#");
    }

    /// What Posthorn does not serve yet, so that it cannot answer alike.
    Optional<String> pending() {
        return lines.stream().filter(line -> line.startsWith(PENDING)).findFirst();
    }

    /// Plays all acts to a broker whose answers nobody knows yet. @return the script with its answers
    Script answeredBy(URI broker) throws IOException, InterruptedException {
        try (Player player = new Player(broker, UnaryOperator.identity())) {
            List<String> answered = new ArrayList<>();
            for (String line : lines) {
                if (!line.startsWith(INDENT)) {
                    answered.add(line);
                }
                if (isAct(line)) {
                    player.play(line).forEach(answer -> answered.add(INDENT + answer));
                }
            }
            return new Script(title, answered);
        }
    }

    /// Plays the acts to Posthorn, up to the first that is answered otherwise than here.
    ///
    /// @return the steps played, with the answers that came; equal to those wanted when there is no difference
    Played playTo(URI posthorn) throws IOException, InterruptedException {
        try (Player player = new Player(posthorn, WantedDifferences::fromPosthorn)) {
            List<Step> expected = new ArrayList<>();
            List<Step> played = new ArrayList<>();
            for (Step step : steps()) {
                List<String> answers = step.answers.stream()
                        .map(WantedDifferences::fromRabbitMq)
                        .filter(answer -> !answer.isEmpty())
                        .toList();
                expected.add(new Step(step.act, answers));
                played.add(new Step(step.act, player.play(step.act, answers)));
                if (!played.equals(expected)) {
                    return new Played(expected, played);
                }
            }
            expected.add(new Step("# and then", List.of()));
            played.add(new Step("# and then", player.rest()));
            return new Played(expected, played);
        }
    }

    record Played(List<Step> expected, List<Step> played) {
        boolean differs() {
            return !expected.equals(played);
        }

        static String text(List<Step> steps) {
            return steps.stream().map(Step::text).collect(Collectors.joining("\n"));
        }
    }

    String text() {
        return TITLE + title + "\n" + String.join("\n", lines) + "\n";
    }

    @Override
    public String toString() {
        return title;
    }
}
