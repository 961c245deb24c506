package io.posthorn.broker.policy;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Policy.ApplyTo;
import io.posthorn.broker.admin.Policy.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments.ArgumentSet;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyRulesTest {
    private static Policy policy(Kind kind, String pattern, Object... definition) {
        return EffectivePolicyTest.policy(kind, "p", pattern, ApplyTo.ALL, 0, definition);
    }

    private static ArgumentSet refused(String text, Object... definition) {
        return argumentSet(text, text, EffectivePolicyTest.arguments(definition));
    }

    /// The texts are those of RabbitMQ 3.10.
    static List<ArgumentSet> whatIsRefused() {
        return List.of(
                refused("no policy provided"),
                refused("[{<<\"foo\">>,1}] are not recognised policy settings", "foo", 1, "max-length", 3),
                refused(
                        "[{<<\"bar\">>,true},{<<\"foo\">>,1}] are not recognised policy settings",
                        "foo",
                        1,
                        "bar",
                        true),
                refused("<<\"10\">> is not a valid maximum length", "max-length", "10"),
                refused("-1 is not a valid maximum length", "max-length", -1),
                refused("1.5 is not a valid maximum length in bytes", "max-length-bytes", 1.5),
                refused("-1 is not a valid message TTL", "message-ttl", -1),
                refused("0 is not a valid queue expiry", "expires", 0),
                refused("<<\"drop\">> is not a valid overflow value", "overflow", "drop"),
                refused("3 is not a valid dead letter exchange name", "dead-letter-exchange", 3),
                refused("true is not a valid dead letter routing key", "dead-letter-routing-key", true),
                refused("<<\"x\">> is not a valid dead letter strategy", "dead-letter-strategy", "x"),
                refused("<<\"x\">> is not a valid delivery limit", "delivery-limit", "x"),
                refused("<<\"1w\">> is not a valid max age", "max-age", "1w"),
                refused("3000000001 is not a valid segment size", "stream-max-segment-size-bytes", 3_000_000_001L),
                refused("[1,<<\"a\">>] is not a valid alternate exchange name", "alternate-exchange", List.of(1, "a")),
                refused(
                        "#{<<\"a\">> => 1} is not a valid queue-mode value",
                        "queue-mode",
                        EffectivePolicyTest.arguments("a", 1)),
                refused("3 is not a valid queue-version value", "queue-version", 3),
                refused("<<\"x\">> is not a valid queue leader locator value", "queue-leader-locator", "x"),
                refused("<<\"x\">> invalid queue-master-locator value", "queue-master-locator", "x"),
                refused("ha-mode=\"all\" does not take parameters", "ha-mode", "all", "ha-params", "x"),
                refused(
                        "ha-mode=\"exactly\" takes an integer, <<\"x\">> given",
                        "ha-mode",
                        "exactly",
                        "ha-params",
                        "x"),
                refused(
                        "ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown",
                        "ha-sync-mode",
                        "automatic"));
    }

    @ParameterizedTest
    @MethodSource("whatIsRefused")
    void aDefinitionThatMakesNoSenseIsRefusedInRabbitsWords(String text, Arguments definition) {
        var policy = new Policy(Kind.USER, "/", "p", ".*", ApplyTo.ALL, 0, definition);

        assertThatThrownBy(() -> PolicyRules.check(policy))
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage(text);
    }

    @Test
    void whatRabbitAcceptsIsAccepted() {
        assertThatNoException()
                .isThrownBy(() -> PolicyRules.check(policy(
                        Kind.USER,
                        "^(a|b)",
                        "ha-mode",
                        "exactly",
                        "ha-params",
                        2,
                        "ha-sync-mode",
                        "automatic",
                        "queue-mode",
                        "lazy",
                        "message-ttl",
                        0,
                        "max-length",
                        Long.MAX_VALUE,
                        "dead-letter-exchange",
                        "")));
    }

    @Test
    void operatorsMaySayOnlyWhatIsTheirs() {
        assertThatNoException()
                .isThrownBy(() -> PolicyRules.check(policy(Kind.OPERATOR, "", "max-length", 1, "expires", 2)));
        assertThatThrownBy(
                        () -> PolicyRules.check(policy(Kind.OPERATOR, "", "dead-letter-exchange", "x", "expires", 2)))
                .hasMessageContaining("[{<<\"dead-letter-exchange\">>,<<\"x\">>}] are not recognised policy settings");
    }

    @Test
    void aPatternIsARegularExpression() {
        assertThatThrownBy(() -> PolicyRules.check(policy(Kind.USER, "(", "expires", 2)))
                .hasMessageContaining("pattern should be regular expression but is invalid: ");
        assertThatThrownBy(() -> PolicyRules.check(policy(Kind.USER, "(".repeat(100_000), "expires", 2)))
                .hasMessageContaining("pattern should be regular expression but is invalid: ");
    }
}
