package io.posthorn.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Arguments;
import io.posthorn.log.Bytes;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Matching against definitions so naive that they can be believed.
class ModelTest {
    private ManagerWorld world = new ManagerWorld();

    @BeforeTry
    void begin() {
        world = new ManagerWorld();
    }

    @Property(tries = 300, seed = "1")
    void topicPatternsMatchAsDefined(
            @ForAll("patterns") List<String> patterns,
            @ForAll("patterns") List<String> unbound,
            @ForAll("keys") List<String> keys) {
        var all = new ArrayList<>(patterns);
        all.addAll(unbound);
        for (String pattern : all) {
            bind("amq.topic", pattern, Arguments.NONE);
        }
        for (String pattern : unbound) {
            world.unbind(ManagerWorld.toQueue("amq.topic", "q " + pattern, pattern));
        }
        var bound = new TreeSet<>(patterns);
        bound.removeAll(unbound);
        for (String key : keys) {
            var expected = bound.stream()
                    .filter(pattern -> matches(words(pattern), words(key)))
                    .map(pattern -> "q " + pattern)
                    .toList();
            assertThat(route("amq.topic", key, Arguments.NONE))
                    .as("%s by %s", key, bound)
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    /// `#` is no word, or one more.
    private static boolean matches(List<String> pattern, List<String> key) {
        if (pattern.isEmpty()) {
            return key.isEmpty();
        }
        var rest = pattern.subList(1, pattern.size());
        return switch (pattern.getFirst()) {
            case "#" -> matches(rest, key) || (!key.isEmpty() && matches(pattern, key.subList(1, key.size())));
            case "*" -> !key.isEmpty() && matches(rest, key.subList(1, key.size()));
            default ->
                !key.isEmpty()
                        && key.getFirst().equals(pattern.getFirst())
                        && matches(rest, key.subList(1, key.size()));
        };
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("\\.", -1));
    }

    @Provide
    Arbitrary<List<String>> patterns() {
        return dotted("a", "b", "", "*", "#").list().ofMaxSize(12);
    }

    @Provide
    Arbitrary<List<String>> keys() {
        return dotted("a", "b", "c", "").list().ofMaxSize(12);
    }

    private static Arbitrary<String> dotted(String... words) {
        return Arbitraries.of(words).list().ofMaxSize(5).map(list -> String.join(".", list));
    }

    @Test
    void topicsMatchAtTheEdgesAsRabbitDoes() {
        assertTopic("", "", true);
        assertTopic("*", "", false);
        assertTopic("#", "", true);
        assertTopic("*", ".", false);
        assertTopic("*.*", ".", true);
        assertTopic("a.*", "a.", true);
        assertTopic("a.#", "a", true);
        assertTopic("#.a", "a", true);
        assertTopic("*.#", "", false);
        assertTopic("a.*.#", "a.", true);
        assertTopic("#.#", "", true);
        assertTopic("a*", "a*", true);
        assertTopic("a*", "ab", false);
        assertTopic(".*", ".", true);
    }

    private void assertTopic(String pattern, String key, boolean matches) {
        begin();
        bind("amq.topic", pattern, Arguments.NONE);
        assertThat(!route("amq.topic", key, Arguments.NONE).isEmpty())
                .as("'%s' by '%s'", key, pattern)
                .isEqualTo(matches);
    }

    @Test
    void manyHashesCostNoMoreThanTheTrieHasNodes() {
        bind("amq.topic", "#.a".repeat(60).substring(0, 179) + ".b", Arguments.NONE);
        String key = "a.".repeat(120) + "c";
        assertThat(route("amq.topic", key, Arguments.NONE)).isEmpty();
    }

    @Property(tries = 1_000, seed = "1")
    void headersMatchAsDefined(
            @ForAll("tables") Map<String, Object> pattern,
            @ForAll("tables") Map<String, Object> headers,
            @ForAll("modes") String mode) {
        var arguments = new java.util.HashMap<String, @Nullable Object>(pattern);
        arguments.put("x-match", mode);
        boolean withX = mode.endsWith("-with-x");
        var counting = pattern.entrySet().stream()
                .filter(entry -> withX || !entry.getKey().startsWith("x-"))
                .toList();
        long matching = counting.stream()
                .filter(entry -> entry.getValue().equals(headers.get(entry.getKey())))
                .count();
        boolean expected = mode.startsWith("all") ? matching == counting.size() : matching > 0;
        assertThat(HeadersMatch.matches(new Arguments(arguments), new Arguments(Map.copyOf(headers))))
                .isEqualTo(expected);
    }

    @Provide
    Arbitrary<Map<String, Object>> tables() {
        Arbitrary<Object> values = Arbitraries.of(1, 2, "1", "a", true);
        return Arbitraries.maps(Arbitraries.of("a", "b", "x-a", "x-b"), values);
    }

    @Provide
    Arbitrary<String> modes() {
        return Arbitraries.of("all", "any", "all-with-x", "any-with-x");
    }

    @Test
    void headersMatchAtTheEdgesAsRabbitDoes() {
        assertHeaders(List.of(), List.of("a", 1), true);
        assertHeaders(List.of("x-match", "any"), List.of("a", 1), false);
        assertHeaders(List.of("x-foo", 1), List.of(), true);
        assertHeaders(List.of("a", Tuple.empty()), List.of("a", 1), true);
        assertHeaders(List.of("a", Tuple.empty()), List.of("a", Tuple.empty()), true);
        assertHeaders(List.of("a", Tuple.empty()), List.of(), false);
        assertHeaders(List.of("a", 1), List.of("a", Tuple.empty()), false);
        assertHeaders(List.of("a", 1), List.of("a", 1L), true);
        assertHeaders(List.of("a", 1), List.of("a", 1.0), true);
        assertHeaders(List.of("a", 1), List.of("a", 1L << 40), false);
        assertHeaders(List.of("a", 1), List.of("a", true), false);
        assertHeaders(List.of("a", "1"), List.of("a", 1), false);
        assertHeaders(List.of("a", "1"), List.of("a", Bytes.utf8("1")), true);
        assertHeaders(List.of("a", Instant.EPOCH), List.of("a", Instant.EPOCH), true);
        assertHeaders(List.of("a", new BigDecimal("1.0")), List.of("a", new BigDecimal("1.00")), false);
        assertHeaders(List.of("a", new BigDecimal("1")), List.of("a", 1), false);
        assertHeaders(List.of("a", List.of(1)), List.of("a", List.of(1)), true);
    }

    /// An empty tuple stands for no value.
    private static void assertHeaders(List<Object> pattern, List<Object> headers, boolean matches) {
        assertThat(HeadersMatch.matches(table(pattern), table(headers)))
                .as("%s by %s", headers, pattern)
                .isEqualTo(matches);
    }

    private static Arguments table(List<Object> namesAndValues) {
        var values = new @Nullable Object[namesAndValues.size()];
        for (int i = 0; i < values.length; i++) {
            Object value = namesAndValues.get(i);
            values[i] = value instanceof Tuple ? null : value;
        }
        return ManagerWorld.arguments(values);
    }

    private void bind(String exchange, String key, Arguments arguments) {
        world.declare("q " + key, "x");
        world.bind(ManagerWorld.toQueue(exchange, "q " + key, key, arguments));
    }

    private List<String> route(String exchange, String key, Arguments headers) {
        var route = world.manager.current().route("/", exchange, key, List.of(), TestFacts.headers(headers));
        var names = new ArrayList<String>();
        for (int i = 0; i < route.size(); i++) {
            names.add(route.queue(i).name());
        }
        return names;
    }
}
