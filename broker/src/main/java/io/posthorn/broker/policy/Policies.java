package io.posthorn.broker.policy;

import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Policy.ApplyTo;
import io.posthorn.broker.pattern.NamePattern;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All policies of one virtual host. An immutable value; what it answers depends on names and types only, so the
/// answers may be kept as long as it is the same.
public final class Policies {
    public static final Policies NONE = new Policies(List.of(), List.of());

    /// Beyond so many, what exchanges have is worked out anew.
    private static final int MOST_KNOWN_EXCHANGES = 10_000;

    private static final int NOBODY = -1;

    /// What counts first comes first. RabbitMQ leaves open which of several with the same priority that is.
    private static final Comparator<Policy> ORDER =
            Comparator.comparingInt(Policy::priority).reversed().thenComparing(Policy::name);

    private final List<Rule> users;
    private final List<Rule> operators;

    /// By the places of both policies, see [#effective].
    private final Map<Integer, EffectivePolicy> effective = new ConcurrentHashMap<>();

    private final Map<String, EffectivePolicy> ofExchanges = new ConcurrentHashMap<>();

    /// Whether any of them concerns exchanges.
    private final boolean forExchanges;

    private Policies(List<Rule> users, List<Rule> operators) {
        this.users = users;
        this.operators = operators;
        forExchanges = users.stream().anyMatch(Rule::isForExchanges)
                || operators.stream().anyMatch(Rule::isForExchanges);
    }

    /// @param users those that users make
    /// @param operators those that operators make
    public static Policies of(Collection<Policy> users, Collection<Policy> operators) {
        return users.isEmpty() && operators.isEmpty() ? NONE : new Policies(rules(users), rules(operators));
    }

    private static List<Rule> rules(Collection<Policy> policies) {
        return policies.stream().sorted(ORDER).map(Rule::new).toList();
    }

    /// A policy with its pattern made ready.
    private static final class Rule {
        private final Policy policy;
        private final NamePattern pattern;

        Rule(Policy policy) {
            this.policy = policy;
            // Other than one of a permission, an empty one is found everywhere.
            this.pattern = NamePattern.of(policy.pattern().isEmpty() ? ".*" : policy.pattern());
        }

        boolean isForExchanges() {
            return policy.applyTo() == ApplyTo.ALL || policy.applyTo() == ApplyTo.EXCHANGES;
        }

        /// A policy that says what queues of this type do not know is none for them, whatever else it says.
        boolean isForQueue(String name, String type) {
            return isForQueues(type) && pattern.isFoundIn(name) && suits(type);
        }

        boolean isForExchange(String name) {
            return isForExchanges() && pattern.isFoundIn(name);
        }

        private boolean isForQueues(String type) {
            return switch (policy.applyTo()) {
                case ALL, QUEUES -> true;
                case CLASSIC_QUEUES -> type.equals("classic");
                case QUORUM_QUEUES -> type.equals("quorum");
                case STREAMS -> type.equals("stream");
                case EXCHANGES -> false;
            };
        }

        private boolean suits(String type) {
            for (String name : policy.definition().values().keySet()) {
                var key = PolicyKey.named(name);
                if (key != null && key.isUnsupportedBy(type)) {
                    return false;
                }
            }
            return true;
        }
    }

    public boolean isEmpty() {
        return users.isEmpty() && operators.isEmpty();
    }

    /// @param type what its `x-queue-type` says: `classic`, `quorum` or `stream`
    public EffectivePolicy ofQueue(String name, String type) {
        return isEmpty()
                ? EffectivePolicy.NONE
                : effective(
                        first(users, rule -> rule.isForQueue(name, type)),
                        first(operators, rule -> rule.isForQueue(name, type)));
    }

    public EffectivePolicy ofExchange(String name) {
        if (!forExchanges) {
            return EffectivePolicy.NONE;
        }
        var known = ofExchanges.get(name);
        if (known == null) {
            known = effective(
                    first(users, rule -> rule.isForExchange(name)), first(operators, rule -> rule.isForExchange(name)));
            if (ofExchanges.size() < MOST_KNOWN_EXCHANGES) {
                ofExchanges.put(name, known);
            }
        }
        return known;
    }

    private static int first(List<Rule> rules, Predicate<Rule> matching) {
        for (int i = 0; i < rules.size(); i++) {
            if (matching.test(rules.get(i))) {
                return i;
            }
        }
        return NOBODY;
    }

    /// One value for all that have the same.
    private EffectivePolicy effective(int user, int operator) {
        if (user == NOBODY && operator == NOBODY) {
            return EffectivePolicy.NONE;
        }
        return effective.computeIfAbsent(
                (user + 1) * (operators.size() + 1) + operator + 1,
                _ -> EffectivePolicy.of(policyAt(users, user), policyAt(operators, operator)));
    }

    private static @Nullable Policy policyAt(List<Rule> rules, int place) {
        return place == NOBODY ? null : rules.get(place).policy;
    }
}
