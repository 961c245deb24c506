package io.posthorn.console.api;

import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Policy.ApplyTo;
import io.posthorn.broker.admin.Policy.Kind;
import java.util.Arrays;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A policy as it comes with a request, by itself or as a parameter.
final class PolicyBody {
    private PolicyBody() {}

    static Policy policy(Kind kind, String host, String name, ObjectNode body) {
        Bodies.require(body, "pattern", "definition");
        var pattern = body.get("pattern");
        if (!pattern.isString()) {
            throw Validation.failed("pattern should be a binary but was " + Bodies.term(pattern));
        }
        if (!(body.get("definition") instanceof ObjectNode definition)) {
            throw Validation.failed("definition should be an object, actually was " + body.get("definition"));
        }
        if (definition.isEmpty()) {
            throw Validation.failed("no policy provided");
        }
        return new Policy(
                kind,
                host,
                name,
                pattern.stringValue(),
                applyTo(body.path("apply-to")),
                priority(body.path("priority")),
                JsonArguments.of(definition));
    }

    private static ApplyTo applyTo(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return ApplyTo.ALL;
        }
        String text = value.asString("");
        return Arrays.stream(ApplyTo.values())
                .filter(target -> target.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> Validation.failed("apply-to '" + text
                        + "' unrecognised; should be one of: 'queues', 'classic_queues', 'quorum_queues', 'streams',"
                        + " 'exchanges', or 'all'"));
    }

    /// RabbitMQ takes fractions too, and never more than it compares.
    private static int priority(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw Validation.failed("priority should be a number, actually was " + Bodies.term(value));
        }
        return value.intValue();
    }
}
