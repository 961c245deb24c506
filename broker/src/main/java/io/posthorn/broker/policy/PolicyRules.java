package io.posthorn.broker.policy;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.pattern.NamePattern;
import io.posthorn.broker.policy.PolicyValues.ErlangText;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What may be a policy, with RabbitMQ's texts for what may not.
public final class PolicyRules {
    private PolicyRules() {}

    /// @throws PreconditionFailed saying all that is wrong
    public static void check(Policy policy) {
        var complaints = new ArrayList<String>();
        String definition = definitionComplaint(policy);
        if (definition != null) {
            complaints.add(definition);
        }
        String pattern = patternComplaint(policy.pattern());
        if (pattern != null) {
            complaints.add(pattern);
        }
        if (!complaints.isEmpty()) {
            throw new PreconditionFailed(String.join("\n", complaints));
        }
    }

    private static @Nullable String patternComplaint(String pattern) {
        try {
            NamePattern.of(pattern);
            return null;
        } catch (PreconditionFailed e) {
            return "pattern should be regular expression but is invalid: " + e.getMessage();
        }
    }

    private static @Nullable String definitionComplaint(Policy policy) {
        var definition = policy.definition();
        if (definition.isEmpty()) {
            return "no policy provided";
        }
        var names = new TreeSet<>(definition.values().keySet());
        var unknown = new ArrayList<String>();
        String complaint = null;
        for (String name : names) {
            var key = PolicyKey.named(name);
            if (key == null || (policy.kind() == Policy.Kind.OPERATOR && !key.isForOperators())) {
                unknown.add(name);
            } else if (complaint == null) {
                complaint = key.complaint(definition.get(name));
            }
        }
        if (complaint == null) {
            complaint = haComplaint(definition);
        }
        return complaint == null && !unknown.isEmpty() ? unrecognised(policy, unknown) : complaint;
    }

    private static String unrecognised(Policy policy, List<String> names) {
        return names.stream()
                .map(name -> "{" + ErlangText.of(name) + ","
                        + ErlangText.of(policy.definition().get(name)) + "}")
                .collect(Collectors.joining(",", "[", "] are not recognised policy settings"));
    }

    /// What mirrors must agree in is checked though nothing is mirrored here, so that definitions mean the same.
    private static @Nullable String haComplaint(Arguments definition) {
        boolean says = definition.values().keySet().stream().anyMatch(name -> name.startsWith("ha-"));
        if (!says) {
            return null;
        }
        return definition.get(PolicyKey.HA_MODE.keyName()) instanceof String mode
                ? haComplaint(mode, definition)
                : "ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown";
    }

    private static @Nullable String haComplaint(String mode, Arguments definition) {
        Object params = definition.get(PolicyKey.HA_PARAMS.keyName());
        boolean fits = switch (mode) {
            case "exactly" -> params instanceof Integer || params instanceof Long;
            case "nodes" -> params instanceof List<?>;
            default -> !definition.values().containsKey(PolicyKey.HA_PARAMS.keyName());
        };
        if (fits) {
            return null;
        }
        String given = params == null ? "none" : ErlangText.of(params);
        return switch (mode) {
            case "exactly" -> "ha-mode=\"exactly\" takes an integer, " + given + " given";
            case "nodes" -> "ha-mode=\"nodes\" takes a list, " + given + " given";
            default -> "ha-mode=\"all\" does not take parameters";
        };
    }
}
