package io.posthorn.broker.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Policy.ApplyTo;
import io.posthorn.broker.admin.Policy.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectivePolicyTest {
    private static final long HISTORIES = 2_000;
    private static final List<ApplyTo> APPLY_TO = List.of(ApplyTo.values());

    static Policy policy(Kind kind, String name, String pattern, ApplyTo applyTo, int priority, Object... definition) {
        return new Policy(kind, "/", name, pattern, applyTo, priority, arguments(definition));
    }

    private static Policy users(String name, String pattern, int priority, Object... definition) {
        return policy(Kind.USER, name, pattern, ApplyTo.ALL, priority, definition);
    }

    static Arguments arguments(Object... namesAndValues) {
        var values = new HashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return new Arguments(Map.copyOf(values));
    }

    private static QueueSpec queue(String type, Object... arguments) {
        var values = new HashMap<String, @Nullable Object>(arguments(arguments).values());
        values.put("x-queue-type", type);
        return new QueueSpec("q", true, false, false, new Arguments(values));
    }

    @Test
    void theHighestPriorityCountsAloneAndAPatternIsLookedForAnywhere() {
        var policies = Policies.of(
                List.of(
                        users("low", ".*", -1, "message-ttl", 1),
                        users("b", "ord", 5, "max-length", 10),
                        users("a", "^orders$", 5, "expires", 10),
                        users("none", "^o$", 9, "expires", 7)),
                List.of());

        assertThat(policies.ofQueue("orders", "classic").policyName()).isEqualTo("a");
        assertThat(policies.ofQueue("my.orders", "classic").definition()).isEqualTo(arguments("max-length", 10));
        assertThat(policies.ofQueue("other", "classic").policyName()).isEqualTo("low");
        assertThat(policies.ofQueue("other", "classic").operatorPolicyName()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "ALL, true, true, true, true",
        "QUEUES, true, true, true, false",
        "CLASSIC_QUEUES, true, false, false, false",
        "QUORUM_QUEUES, false, true, false, false",
        "STREAMS, false, false, true, false",
        "EXCHANGES, false, false, false, true"
    })
    void aPolicyIsForWhatItAppliesTo(
            ApplyTo applyTo, boolean classic, boolean quorum, boolean stream, boolean exchange) {
        var policies = Policies.of(List.of(policy(Kind.USER, "p", "", applyTo, 0, "max-length-bytes", 10)), List.of());

        assertThat(Stream.of("classic", "quorum", "stream")
                        .map(type -> !policies.ofQueue("q", type).isNone()))
                .containsExactly(classic, quorum, stream);
        assertThat(!policies.ofExchange("q").isNone()).isEqualTo(exchange);
    }

    @Test
    void aPolicyWithAKeyThatAQueueDoesNotKnowIsNoneForIt() {
        var policies = Policies.of(
                List.of(
                        users("age", ".*", 9, "max-age", "1h", "max-length-bytes", 5),
                        users("rest", ".*", 0, "expires", 5)),
                List.of());

        assertThat(policies.ofQueue("q", "classic").policyName()).isEqualTo("rest");
        assertThat(policies.ofQueue("q", "stream").policyName()).isEqualTo("age");
        assertThat(policies.ofExchange("q").policyName()).isEqualTo("age");
    }

    @Test
    void ofTwoLimitsTheSmallerCountsAndOfOtherThingsWhatTheOperatorSays() {
        var effective = EffectivePolicy.of(
                users("p", "", 0, "max-length", 10, "message-ttl", 5, "overflow", "drop-head", "queue-mode", "lazy"),
                policy(
                        Kind.OPERATOR,
                        "o",
                        "",
                        ApplyTo.QUEUES,
                        0,
                        "max-length",
                        7,
                        "message-ttl",
                        9L,
                        "overflow",
                        "reject-publish",
                        "expires",
                        3));

        assertThat(effective.definition())
                .isEqualTo(arguments(
                        "max-length",
                        7,
                        "message-ttl",
                        5,
                        "overflow",
                        "reject-publish",
                        "expires",
                        3,
                        "queue-mode",
                        "lazy"));
    }

    /// RabbitMQ's kinds of queues do not agree in everything.
    @Test
    void aQueueCombinesItsArgumentsWithThePolicyAsItsTypeDoes() {
        var effective = EffectivePolicy.of(
                users(
                        "p",
                        "",
                        0,
                        "max-length",
                        10,
                        "expires",
                        100,
                        "overflow",
                        "reject-publish",
                        "dead-letter-exchange",
                        "policy",
                        "delivery-limit",
                        3,
                        "dead-letter-routing-key",
                        "key"),
                null);

        var classic = effective.over(queue(
                "classic",
                "x-max-length",
                20,
                "x-expires",
                50,
                "x-overflow",
                "drop-head",
                "x-dead-letter-exchange",
                "mine"));
        assertThat(Stream.of("x-max-length", "x-expires", "x-overflow", "x-dead-letter-exchange")
                        .map(classic::get))
                .containsExactly(10, 50, "drop-head", "mine");
        assertThat(classic.get("x-dead-letter-routing-key")).isEqualTo("key");

        var quorum =
                effective.over(queue("quorum", "x-expires", 50, "x-overflow", "drop-head", "x-delivery-limit", -1));
        assertThat(Stream.of("x-max-length", "x-expires", "x-overflow", "x-delivery-limit")
                        .map(quorum::get))
                .containsExactly(10, 100, "reject-publish", 3);

        var ofStreams = EffectivePolicy.of(users("p", "", 0, "max-age", "2h", "max-length-bytes", 100), null);
        var stream = ofStreams.over(queue("stream", "x-max-age", "1h", "x-max-length-bytes", 50));
        assertThat(Stream.of("x-max-age", "x-max-length-bytes").map(stream::get))
                .containsExactly("2h", 100);
    }

    @Test
    void anExchangesOwnAlternateCountsFirst() {
        var effective = EffectivePolicy.of(users("p", "", 0, "alternate-exchange", "ae"), null);

        var plain = new ExchangeSpec("x", "direct", true, false, false, Arguments.NONE);
        assertThat(effective.alternateOf(plain)).isEqualTo("ae");
        assertThat(EffectivePolicy.NONE.alternateOf(plain)).isNull();
        var own = new ExchangeSpec("x", "direct", true, false, false, arguments("alternate-exchange", "own"));
        assertThat(effective.alternateOf(own)).isEqualTo("own");
    }

    @Test
    void aPatternThatGoesOnForEverIsInNoName() {
        var policies = Policies.of(List.of(users("slow", "(a+)+$", 0, "expires", 1)), List.of());

        assertThat(policies.ofQueue("a".repeat(200) + "b", "classic").isNone()).isTrue();
        assertThat(policies.ofQueue("aaa", "classic").isNone()).isFalse();
    }

    /// Against one who looks through all policies, each time.
    @Test
    void everySetOfPoliciesIsReadAsByOneWhoLooksThroughAll() {
        for (long seed = 0; seed < HISTORIES; seed++) {
            var random = new SplittableRandom(seed);
            var users = policies(random, Kind.USER);
            var operators = policies(random, Kind.OPERATOR);
            var policies = Policies.of(users, operators);
            for (String name : List.of("a", "b", "ab", "abc", "", "xa")) {
                for (String type : List.of("classic", "quorum", "stream")) {
                    var effective = policies.ofQueue(name, type);
                    assertThat(effective.policy()).as("seed %s", seed).isEqualTo(naive(users, name, type));
                    assertThat(effective.operatorPolicy()).as("seed %s", seed).isEqualTo(naive(operators, name, type));
                    assertThat(effective.definition().values())
                            .as("seed %s", seed)
                            .isEqualTo(naive(effective.policy(), effective.operatorPolicy()));
                }
                assertThat(policies.ofExchange(name).policy())
                        .as("seed %s", seed)
                        .isEqualTo(naive(users, name, "exchange"));
            }
        }
    }

    private static List<Policy> policies(SplittableRandom random, Kind kind) {
        var all = new ArrayList<Policy>();
        for (int i = random.nextInt(6); i > 0; i--) {
            var definition = new HashMap<String, @Nullable Object>();
            for (String key : List.of("max-length", "expires", "max-length-bytes", "delivery-limit")) {
                if (random.nextInt(3) == 0) {
                    definition.put(key, random.nextInt(1, 9));
                }
            }
            String pattern = List.of("a", "^a$", "b$", "", "c").get(random.nextInt(5));
            var applyTo = APPLY_TO.get(random.nextInt(APPLY_TO.size()));
            all.add(new Policy(kind, "/", "p" + i, pattern, applyTo, random.nextInt(3), new Arguments(definition)));
        }
        return all;
    }

    private static @Nullable Policy naive(List<Policy> policies, String name, String type) {
        return policies.stream()
                .filter(policy -> policy.pattern().isEmpty()
                        || name.matches(".*" + policy.pattern().replace("^a$", "(?<![a-z])a$") + ".*"))
                .filter(policy -> !policy.pattern().equals("^a$") || name.equals("a"))
                .filter(policy -> isFor(policy, type))
                .max(Comparator.comparingInt(Policy::priority)
                        .thenComparing(Comparator.comparing(Policy::name).reversed()))
                .orElse(null);
    }

    private static boolean isFor(Policy policy, String type) {
        if (type.equals("exchange")) {
            return policy.applyTo() == ApplyTo.ALL || policy.applyTo() == ApplyTo.EXCHANGES;
        }
        boolean applies = switch (policy.applyTo()) {
            case ALL, QUEUES -> true;
            case EXCHANGES -> false;
            case CLASSIC_QUEUES -> type.equals("classic");
            case QUORUM_QUEUES -> type.equals("quorum");
            case STREAMS -> type.equals("stream");
        };
        var keys = policy.definition().values().keySet();
        boolean stream = type.equals("stream") && (keys.contains("max-length") || keys.contains("expires"));
        boolean limit = !type.equals("quorum") && keys.contains("delivery-limit");
        return applies && !stream && !limit;
    }

    private static Map<String, Object> naive(@Nullable Policy user, @Nullable Policy operator) {
        var merged = new HashMap<String, Object>();
        Stream.of(user, operator)
                .filter(Objects::nonNull)
                .forEach(policy -> policy.definition()
                        .values()
                        .forEach((key, value) ->
                                merged.merge(key, value, (one, other) -> Math.min((int) one, (int) other))));
        return merged;
    }
}
