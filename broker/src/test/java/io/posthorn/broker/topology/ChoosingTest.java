package io.posthorn.broker.topology;

import static io.posthorn.broker.topology.ManagerWorld.arguments;
import static io.posthorn.broker.topology.ManagerWorld.toExchange;
import static io.posthorn.broker.topology.ManagerWorld.toQueue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Exchanges that hand each message to one of their bindings. Texts as RabbitMQ 3.10.8 and its plugins have them.
class ChoosingTest {
    private static final int KEYS = 10_000;

    private final ManagerWorld world = new ManagerWorld();

    @ParameterizedTest
    @ValueSource(strings = {"x-consistent-hash", "x-modulus-hash", "x-random", "x-local-random"})
    void aMessageGoesToOneBindingAndToNoneWithoutBindings(String type) {
        world.exchange("alternate", "fanout", "");
        world.exchange("x", type, "", arguments("alternate-exchange", "alternate"));
        queues(3);
        world.declare("rest");
        world.bind(toQueue("alternate", "rest", ""));
        world.sync();
        assertThat(route("k", TestFacts.none())).isEqualTo("rest");
        bindAll("x", type.equals("x-local-random") ? "" : "1", 3);
        for (int i = 0; i < 100; i++) {
            assertThat(route("k" + i, TestFacts.none())).startsWith("q");
        }
    }

    @Test
    void equalKeysStayTogetherAndWeightsDecideTheShares() {
        world.exchange("x", "x-consistent-hash", "");
        queues(3);
        world.bind(toQueue("x", "q0", "1"));
        world.bind(toQueue("x", "q1", "2"));
        world.bind(toQueue("x", "q2", "7"));
        world.sync();
        var shares = shares(assignment());
        assertShare(shares, "q0", 0.1);
        assertShare(shares, "q1", 0.2);
        assertShare(shares, "q2", 0.7);
        assertThat(assignment()).isEqualTo(assignment());
    }

    @Test
    void aBindingThatComesOrGoesMovesOnlyTheKeysThatItGainsOrLoses() {
        world.exchange("x", "x-consistent-hash", "");
        queues(10);
        bindAll("x", "1", 9);
        var nine = assignment();
        world.bind(toQueue("x", "q9", "1"));
        world.sync();
        var ten = assignment();
        ten.forEach((key, queue) -> assertThat(queue).isIn(nine.get(key), "q9"));
        assertShare(shares(ten), "q9", 0.1);
        world.bind(toQueue("x", "q9", "3"));
        world.sync();
        assignment().forEach((key, queue) -> assertThat(queue).isIn(ten.get(key), "q9"));
        world.unbind(toQueue("x", "q9", "1"));
        world.unbind(toQueue("x", "q9", "3"));
        world.sync();
        assertThat(assignment()).isEqualTo(nine);
    }

    @Test
    void theOrderOfTheBindingsAndARestartDoNotMatter() {
        world.exchange("x", "x-consistent-hash", "");
        queues(5);
        world.bind(toQueue("x", "q3", "2"));
        bindAll("x", "1", 3);
        world.bind(toQueue("x", "q4", "1"));
        world.sync();
        var before = assignment();
        var recovered = world.recovered();
        before.forEach((key, queue) ->
                assertThat(route(recovered, key, TestFacts.none())).isEqualTo(queue));
    }

    @Test
    void aWeightMayBeAnyNumber() {
        world.exchange("x", "x-consistent-hash", "");
        queues(2);
        world.bind(toQueue("x", "q0", "1"));
        world.bind(toQueue("x", "q1", "1" + "0".repeat(200)));
        world.sync();
        assertThat(shares(assignment())).isEqualTo(Map.of("q1", KEYS));
    }

    @Test
    void whatIsHashedIsTheExchangesToSay() {
        world.exchange("by-header", "x-consistent-hash", "", arguments("hash-header", "h"));
        world.exchange("by-id", "x-consistent-hash", "", arguments("hash-property", "message_id"));
        world.exchange("by-correlation", "x-consistent-hash", "", arguments("hash-property", "correlation_id"));
        world.exchange("by-time", "x-consistent-hash", "", arguments("hash-property", "timestamp"));
        queues(4);
        for (String exchange : List.of("by-header", "by-id", "by-correlation", "by-time")) {
            bindAll(exchange, "1", 4);
        }
        assertSpread("by-header", i -> TestFacts.headers(arguments("h", "value " + i)));
        assertSpread("by-id", i -> TestFacts.property("message-id", "id " + i));
        assertSpread("by-correlation", i -> TestFacts.property("correlation-id", "id " + i));
        assertSpread("by-time", i -> TestFacts.timestamp(1_000L * i));
    }

    private interface Varied {
        MessageFacts facts(int i);
    }

    /// By its own fact the messages spread, whatever the routing key; without it they stay together.
    private void assertSpread(String exchange, Varied varied) {
        var shares = new TreeMap<String, Integer>();
        for (int i = 0; i < 400; i++) {
            String queue = route(world.manager.current(), exchange, "k" + i, varied.facts(i));
            assertThat(route(world.manager.current(), exchange, "other", varied.facts(i)))
                    .isEqualTo(queue);
            shares.merge(queue, 1, Integer::sum);
        }
        assertThat(shares.keySet()).containsExactly("q0", "q1", "q2", "q3");
        String together = route(world.manager.current(), exchange, "a", TestFacts.none());
        for (int i = 0; i < 100; i++) {
            assertThat(route(world.manager.current(), exchange, "k" + i, TestFacts.none()))
                    .isEqualTo(together);
        }
    }

    @Test
    void equalHeadersHashAlikeWhateverTheirWidth() {
        world.exchange("x", "x-consistent-hash", "", arguments("hash-header", "h"));
        queues(10);
        bindAll("x", "1", 10);
        for (int i = 0; i < 100; i++) {
            assertThat(route("", TestFacts.headers(arguments("h", i))))
                    .isEqualTo(route("", TestFacts.headers(arguments("h", (long) i))));
        }
        assertThat(route("", TestFacts.headers(arguments("h", Instant.EPOCH)))).startsWith("q");
    }

    @Test
    void theModulusOfAKeyIsEvenAndAlwaysTheSame() {
        world.exchange("x", "x-modulus-hash", "");
        queues(4);
        bindAll("x", "", 4);
        var assignment = assignment();
        shares(assignment)
                .values()
                .forEach(share -> assertThat(share / (double) KEYS).isCloseTo(0.25, within(0.02)));
        assertThat(assignment()).isEqualTo(assignment);
    }

    @Test
    void chanceIsEven() {
        world.exchange("x", "x-random", "");
        queues(4);
        bindAll("x", "", 4);
        var facts = TestFacts.none();
        var shares = new HashMap<String, Integer>();
        for (int i = 0; i < KEYS; i++) {
            shares.merge(route("k", facts), 1, Integer::sum);
        }
        shares.values().forEach(share -> assertThat(share / (double) KEYS).isCloseTo(0.25, within(0.02)));
    }

    @Test
    void onlyRoutesThatAskNothingOfTheMessageMayBeKept() {
        world.exchange("hashed", "x-consistent-hash", "");
        world.exchange("modulus", "x-modulus-hash", "");
        world.exchange("random", "x-random", "");
        world.exchange("header", "x-consistent-hash", "", arguments("hash-header", "h"));
        queues(2);
        for (String exchange : List.of("hashed", "modulus", "random", "header")) {
            world.bind(toQueue(exchange, "q0", "1"));
        }
        world.sync();
        assertThat(asks("random")).as("one binding leaves no choice").isFalse();
        assertThat(asks("header")).isFalse();
        for (String exchange : List.of("hashed", "modulus", "random", "header")) {
            world.bind(toQueue(exchange, "q1", "1"));
        }
        world.sync();
        assertThat(asks("hashed")).isFalse();
        assertThat(asks("modulus")).isFalse();
        assertThat(asks("random")).isTrue();
        assertThat(asks("header")).isTrue();
    }

    private boolean asks(String exchange) {
        var facts = TestFacts.none();
        route(world.manager.current(), exchange, "k", facts);
        return facts.asked();
    }

    @Test
    void anExchangeMayBeOneOfTheChoices() {
        world.exchange("x", "x-consistent-hash", "");
        world.exchange("behind", "fanout", "");
        queues(2);
        world.bind(toQueue("behind", "q0", ""));
        world.bind(toExchange("x", "behind", "1"));
        world.bind(toQueue("x", "q1", "1"));
        world.sync();
        assertThat(shares(assignment()).keySet()).containsExactly("q0", "q1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0   | The binding key must be greater than 0",
                "-3  | The binding key must be greater than 0",
                "abc | The binding key must be an integer: <<\"abc\">>",
                "1.5 | The binding key must be an integer: <<\"1.5\">>",
                "''  | The binding key must be an integer: <<>>",
            })
    void aWeightIsAPositiveNumber(String key, String text) {
        world.exchange("x", "x-consistent-hash", "");
        world.declare("q0");
        assertRefused(world.bind(toQueue("x", "q0", key)), text);
        assertThat(world.bind(toQueue("x", "missing", "abc")).failure()).hasMessage("no queue 'missing' in vhost '/'");
        assertThat(world.host().bindings()).isEmpty();
    }

    @Test
    void argumentsOfAConsistentHashThatMakeNoSenseAreRefused() {
        assertRefused(
                arguments("hash-header", "h", "hash-property", "message_id"),
                "hash-header and hash-property are mutually exclusive");
        assertRefused(arguments("hash-property", "app_id"), "Unsupported property: app_id");
        assertRefused(
                arguments("hash-header", 5),
                "invalid type 'signedint' for arg 'hash-header' in exchange 'x' in vhost '/'");
        assertThat(world.host().exchange("x")).isNull();
        world.exchange("x", "x-consistent-hash", "", arguments("hash-header", "h"));
        var again = world.exchange("x", "x-consistent-hash", "", arguments("hash-property", "app_id"));
        world.sync();
        again.get();
    }

    private void assertRefused(Arguments arguments, String text) {
        assertRefused(world.exchange("x", "x-consistent-hash", "", arguments), text);
    }

    @Test
    void aLocalRandomExchangeTakesClassicQueuesWithoutAKey() {
        world.exchange("x", "x-local-random", "");
        world.exchange("y", "fanout", "");
        world.declare("q0");
        world.declare("quorum", "", arguments("x-queue-type", "quorum"), ManagerWorld.ALICE);
        assertRefused(world.bind(toQueue("x", "q0", "k")), "Non empty binding 'k' key not permitted");
        assertRefused(world.bind(toExchange("x", "y", "")), "Destination not found");
        assertRefused(
                world.bind(toQueue("x", "quorum", "")),
                "Queue type rabbit_quorum_queue not valid for this exchange type");
    }

    private static void assertRefused(Answer<?> answer, String text) {
        assertThat(answer.failure()).isInstanceOf(PreconditionFailed.class).hasMessage(text);
    }

    private void queues(int count) {
        for (int i = 0; i < count; i++) {
            world.declare("q" + i);
        }
    }

    private void bindAll(String exchange, String key, int count) {
        for (int i = 0; i < count; i++) {
            world.bind(toQueue(exchange, "q" + i, key));
        }
        world.sync();
    }

    private Map<String, String> assignment() {
        var assignment = new HashMap<String, String>();
        for (int i = 0; i < KEYS; i++) {
            assignment.put("key " + i, route("key " + i, TestFacts.none()));
        }
        return assignment;
    }

    private static void assertShare(Map<String, Integer> shares, String queue, double share) {
        assertThat(shares.getOrDefault(queue, 0) / (double) KEYS).isCloseTo(share, within(0.02));
    }

    private static Map<String, Integer> shares(Map<String, String> assignment) {
        var shares = new TreeMap<String, Integer>();
        assignment.values().forEach(queue -> shares.merge(queue, 1, Integer::sum));
        return shares;
    }

    private String route(String key, MessageFacts facts) {
        return route(world.manager.current(), key, facts);
    }

    private static String route(Topology topology, String key, MessageFacts facts) {
        return route(topology, "x", key, facts);
    }

    private static String route(Topology topology, String exchange, String key, MessageFacts facts) {
        var route = topology.route("/", exchange, key, List.of(), facts);
        assertThat(route.size()).isEqualTo(1);
        return route.queue(0).name();
    }
}
