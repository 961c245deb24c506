package io.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.server.config.ServerConfig;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The alert rules that are shipped ask for metrics that are served, and tell where to read on.
class AlertRulesTest {
    private static final Path RULES = Path.of("../deploy/prometheus/posthorn-alerts.yml");
    private static final Path RUNBOOK = Path.of("../docs/alerts.md");

    /// Of a name in an expression, as far as it is of this broker.
    private static final Pattern METRIC = Pattern.compile("\\b(?:rabbitmq|posthorn)_\\w+\\b");

    /// A label's value is no metric.
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");

    record Rule(String name, String expression, String severity, String runbook) {}

    private static List<Rule> rules() throws Exception {
        var rules = new ArrayList<Rule>();
        var file = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(RULES));
        for (Object group : list(file, "groups")) {
            for (Object rule : list((Map<?, ?>) group, "rules")) {
                var members = (Map<?, ?>) rule;
                var labels = map(members, "labels");
                var annotations = map(members, "annotations");
                rules.add(new Rule(
                        String.valueOf(members.get("alert")),
                        String.valueOf(members.get("expr")),
                        String.valueOf(labels.get("severity")),
                        String.valueOf(annotations.get("runbook"))));
            }
        }
        return rules;
    }

    private static List<?> list(Map<?, ?> members, String name) {
        return (List<?>) Objects.requireNonNull(members.get(name), name);
    }

    private static Map<?, ?> map(Map<?, ?> members, String name) {
        return (Map<?, ?>) Objects.requireNonNull(members.get(name), name);
    }

    @Test
    void everyMetricThatARuleAsksForIsServed() throws Exception {
        Set<String> asked = rules().stream()
                .map(rule -> QUOTED.matcher(rule.expression()).replaceAll("\"\""))
                .flatMap(expression -> METRIC.matcher(expression).results().map(found -> found.group()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(asked).hasSizeGreaterThan(20);
        assertThat(served()).containsAll(asked);
    }

    private static Set<String> served() throws Exception {
        var settings = Map.of("--memory", "true", "--amqp", "off", "--kafka", "off", "--http", "127.0.0.1:0");
        try (var server = Server.start(ServerConfig.read(settings, Map.of(), Optional.empty()));
                var http = HttpClient.newHttpClient()) {
            InetSocketAddress address = server.httpAddress().orElseThrow();
            String base = "http://127.0.0.1:" + address.getPort();
            var served = new TreeSet<String>();
            for (String path : List.of(
                    "/metrics", "/metrics/detailed?family=queue_coarse_metrics,queue_consumer_count,queue_metrics")) {
                var request = HttpRequest.newBuilder(URI.create(base + path)).build();
                http.send(request, HttpResponse.BodyHandlers.ofString())
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("# TYPE "))
                        .forEach(line -> served.add(line.split(" ", -1)[2]));
            }
            return served;
        }
    }

    @Test
    void everyExpressionIsBalanced() throws Exception {
        for (Rule rule : rules()) {
            var open = new ArrayDeque<Character>();
            for (char c : QUOTED.matcher(rule.expression()).replaceAll("").toCharArray()) {
                switch (c) {
                    case '(' -> open.push(')');
                    case '[' -> open.push(']');
                    case '{' -> open.push('}');
                    case ')', ']', '}' ->
                        assertThat(open.poll()).as(rule.name()).isEqualTo(c);
                    default -> {}
                }
            }
            assertThat(open).as(rule.name()).isEmpty();
        }
    }

    @Test
    void everyRuleHasANameOfItsOwnASeverityAndAPlaceToReadOn() throws Exception {
        String runbook = Files.readString(RUNBOOK);
        assertThat(rules()).extracting(Rule::name).doesNotHaveDuplicates();
        for (Rule rule : rules()) {
            assertThat(rule.severity()).as(rule.name()).isIn("critical", "warning", "info");
            assertThat(rule.runbook()).isEqualTo("docs/alerts.md#" + rule.name().toLowerCase(java.util.Locale.ROOT));
            assertThat(runbook).contains("\n## " + rule.name() + "\n");
        }
    }
}
