package io.posthorn.console.definitions;

import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Policy.ApplyTo;
import io.posthorn.broker.admin.Policy.Kind;
import io.posthorn.console.NearestName;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What files say of policies.
final class Policies {
    private static final Map<String, ApplyTo> TARGETS =
            Arrays.stream(ApplyTo.values()).collect(Collectors.toMap(Policies::text, Function.identity()));

    private Policies() {}

    static AdminChange user(Item item, String host) {
        return user(item, host, item.name("name"));
    }

    static AdminChange user(Item item, String host, String name) {
        return new AdminChange.PutPolicy(policy(Kind.USER, item, host, name));
    }

    static AdminChange operator(Item item, String host, String name) {
        return new AdminChange.PutPolicy(policy(Kind.OPERATOR, item, host, name));
    }

    /// As RabbitMQ writes it.
    static String text(ApplyTo target) {
        return target.name().toLowerCase(Locale.ROOT);
    }

    private static Policy policy(Kind kind, Item item, String host, String name) {
        return new Policy(
                kind,
                host,
                name,
                item.text("pattern"),
                target(item),
                priority(item),
                ArgumentsFromJson.table(item.get("definition")));
    }

    private static ApplyTo target(Item item) {
        String written = item.maybeText("apply-to").orElse("all");
        var target = TARGETS.get(written);
        if (target == null) {
            throw new Problem(
                    item.get("apply-to").place(),
                    "has to be one of " + String.join(", ", new TreeSet<>(TARGETS.keySet()))
                            + NearestName.of(written, TARGETS.keySet())
                                    .map(meant -> "; did you mean \"" + meant + "\"?")
                                    .orElse(""));
        }
        return target;
    }

    private static int priority(Item item) {
        var written = item.find("priority");
        long priority = written == null ? 0 : Item.whole(written);
        if (priority != (int) priority) {
            throw new Problem(item.get("priority").place(), "is beyond 32 bits");
        }
        return (int) priority;
    }
}
