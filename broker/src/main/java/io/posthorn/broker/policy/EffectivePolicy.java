package io.posthorn.broker.policy;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.Policy;
import java.util.LinkedHashMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The policies that one queue or exchange has: at most one of those that users make, and at most one operator's.
///
/// @param policy null for none
/// @param operatorPolicy null for none
/// @param definition what both come to, by key
public record EffectivePolicy(
        @Nullable Policy policy, @Nullable Policy operatorPolicy, Arguments definition) {
    public static final EffectivePolicy NONE = new EffectivePolicy(null, null, Arguments.NONE);

    static EffectivePolicy of(@Nullable Policy policy, @Nullable Policy operatorPolicy) {
        if (policy == null) {
            return operatorPolicy == null
                    ? NONE
                    : new EffectivePolicy(null, operatorPolicy, operatorPolicy.definition());
        }
        return operatorPolicy == null
                ? new EffectivePolicy(policy, null, policy.definition())
                : new EffectivePolicy(policy, operatorPolicy, merged(policy.definition(), operatorPolicy.definition()));
    }

    private static Arguments merged(Arguments users, Arguments operators) {
        var names = new TreeSet<>(users.values().keySet());
        names.addAll(operators.values().keySet());
        var merged = new LinkedHashMap<String, @Nullable Object>();
        for (String name : names) {
            if (!operators.values().containsKey(name)) {
                merged.put(name, users.get(name));
            } else if (!users.values().containsKey(name)) {
                merged.put(name, operators.get(name));
            } else {
                var key = PolicyKey.named(name);
                merged.put(name, key == null ? operators.get(name) : key.merged(users.get(name), operators.get(name)));
            }
        }
        return new Arguments(merged);
    }

    public boolean isNone() {
        return policy == null && operatorPolicy == null;
    }

    /// Null for none.
    public @Nullable String policyName() {
        return policy == null ? null : policy.name();
    }

    /// Null for none.
    public @Nullable String operatorPolicyName() {
        return operatorPolicy == null ? null : operatorPolicy.name();
    }

    /// What a queue is to do: its arguments, with what the policies say as if it had been among them.
    public Arguments over(QueueSpec queue) {
        if (isNone()) {
            return queue.arguments();
        }
        var values =
                new LinkedHashMap<String, @Nullable Object>(queue.arguments().values());
        String type = queue.type();
        for (var entry : definition.values().entrySet()) {
            var key = PolicyKey.named(entry.getKey());
            if (key != null) {
                String name = key.argumentName();
                values.put(
                        name,
                        values.containsKey(name)
                                ? key.combined(entry.getValue(), values.get(name), type)
                                : entry.getValue());
            }
        }
        return new Arguments(values);
    }

    /// Where an exchange's messages go that match no binding: what it was declared with counts first.
    public @Nullable String alternateOf(ExchangeSpec exchange) {
        String name = PolicyKey.ALTERNATE_EXCHANGE.keyName();
        Object declared = exchange.arguments().get(name);
        return (declared == null ? definition.get(name) : declared) instanceof String text ? text : null;
    }
}
