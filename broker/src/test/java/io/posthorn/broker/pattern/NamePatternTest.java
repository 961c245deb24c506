package io.posthorn.broker.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.BrokerException.PreconditionFailed;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamePatternTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                ".* orders true",
                "^orders$ orders true",
                "^orders$ reorders false",
                "^a\\.b a.bc true",
                "^a\\.b axbc false",
                "^ab?c ac true",
                "^ab*c ac true",
                "^ab{0}c ac true",
                "^ab+c ac false",
                "^ab|c xc true",
                "^a\\.?b ab true",
                "order reorders true",
                "^(?!amq\\.).* amq.direct false",
                "^(?!amq\\.).* orders true",
                "^(orders|bills)-[0-9]{2,4}$ orders-2026 true",
                "^(orders|bills)-[0-9]{2,4}$ bills-1 false",
                "^(orders|bills)-[0-9]{2,4}$ bills-12345 false",
                "(?i)^ORDERS orders true",
                "(?i:O)rders orders true",
                "(?i:O)RDERS orders false",
                "[[:alpha:]]+$ 1a true",
                "^[[:^alpha:]]+$ 1a false",
                "^[]a]+$ ]a] true",
                "^[a[b]+$ [ab true",
                "^[a&&b]+$ a&b true",
                "^[\\w-]+$ a-b true",
                "^[+--]+$ , true",
                "^a{,2}$ a{,2} true",
                "^\\Qa.b\\E$ a.b true",
                "^\\Qa.b\\E$ axb false",
                "(?<=amq\\.)gen amq.gen true",
                "(?<!amq\\.|x)gen amq.gen false",
                "(?<!amq\\.|x)gen xgen false",
                "(?<!amq\\.|x)gen ygen true",
                "\\bgen\\b amq.gen-1 true",
                "^(?:(?!secret).)*$ my-secret-queue false",
                "^(?:(?!secret).)*$ my-queue true",
                "^\\x{1f600}$ 😀 true",
                "^.$ 😀 true",
                "^(?P<what>a|b)c$ bc true",
                "^a(?#says-nothing)b$ ab true",
                "a?b+?c*$ abbb true",
            })
    void isFoundAsRabbitMqWouldFindIt(String pattern, String name, boolean found) {
        assertThat(NamePattern.of(pattern).isFoundIn(name)).isEqualTo(found);
    }

    @Test
    void theEmptyPatternIsFoundInTheEmptyNameOnly() {
        assertThat(NamePattern.of("").isFoundIn("")).isTrue();
        assertThat(NamePattern.of("").isFoundIn("a")).isFalse();
    }

    @Test
    void theEndIsAlsoBeforeTheLastLineFeedAndNoOtherBreak() {
        assertThat(NamePattern.of("^a$").isFoundIn("a\n")).isTrue();
        assertThat(NamePattern.of("^a$").isFoundIn("a\r")).isFalse();
        assertThat(NamePattern.of("^a$").isFoundIn("a\u2028")).isFalse();
        assertThat(NamePattern.of("^a\\z").isFoundIn("a\n")).isFalse();
        assertThat(NamePattern.of("^a.b$").isFoundIn("a\nb")).isFalse();
        assertThat(NamePattern.of("(?s)^a.b$").isFoundIn("a\nb")).isTrue();
        assertThat(NamePattern.of("(?m)^b$").isFoundIn("a\nb\nc")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                ")",
                "[",
                "[a",
                "a**",
                "*",
                "a++",
                "(?>a)",
                "(a)\\1",
                "\\k<a>",
                "(?R)",
                "\\p{L}",
                "a{2,1}",
                "a{1001}",
                "(?x)a",
                "(?U)a",
                "[[:nothing:]]",
                "[b-a]",
                "\\",
                "(*ACCEPT)",
                "(?<=a+)b",
                "(?<=a",
                "\\Ka",
                "\\x{110000}",
                "((((a{1000}){1000}){1000}){1000})"
            })
    void whatCannotBeKeptInBoundsIsRefused(String pattern) {
        assertThatThrownBy(() -> NamePattern.of(pattern))
                .isInstanceOf(PreconditionFailed.class)
                .hasMessageStartingWith("invalid regular expression '" + pattern + "': ");
    }

    @Test
    void groupsWithinEachOtherWithoutEndAreRefused() {
        String pattern = "(".repeat(100_000) + ")".repeat(100_000);

        assertThatThrownBy(() -> NamePattern.of(pattern)).isInstanceOf(PreconditionFailed.class);
    }

    /// Each of these takes a backtracking matcher longer than anybody would wait.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "^(a+)+$",
                "^(a|aa)+$",
                "^(a|a?)+$",
                "(a*)*b",
                "(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)(|a)$b",
                "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)b",
                "((a?){30}){30}b"
            })
    void whatWouldBacktrackWithoutEndHasAnEnd(String pattern) {
        assertThat(NamePattern.of(pattern).isFoundIn("a".repeat(254) + "!")).isFalse();
    }

    @Test
    void whatTakesTooManyStepsMatchesNothingEvenNegated() {
        String slow = "(?:(?!(?:(?!(?:.*.*.*){9}x).)*y).)*";

        assertThat(NamePattern.of("^" + slow + "$").isFoundIn("a".repeat(255))).isFalse();
        assertThat(NamePattern.of("^(?!" + slow + "x)").isFoundIn("a".repeat(255)))
                .isFalse();
    }

    @Test
    void findsWhatTheJdkFinds() {
        for (int seed = 0; seed < 20_000; seed++) {
            var random = new SplittableRandom(seed);
            String pattern = expression(random, 3);
            var ours = NamePattern.of(pattern);
            var theirs = Pattern.compile(pattern.isEmpty() ? "^$" : pattern, Pattern.UNIX_LINES);
            for (int i = 0; i < 8; i++) {
                String name = name(random);
                assertThat(ours.isFoundIn(name))
                        .as("seed %d: '%s' in '%s'", seed, pattern, name)
                        .isEqualTo(theirs.matcher(name).find());
            }
        }
    }

    private static String name(SplittableRandom random) {
        var name = new StringBuilder();
        for (int left = random.nextInt(7); left > 0; left--) {
            name.append("abc.\n".charAt(random.nextInt(5)));
        }
        return name.toString();
    }

    private static String expression(SplittableRandom random, int depth) {
        var expression = new StringBuilder();
        for (int left = random.nextInt(4); left > 0; left--) {
            expression.append(piece(random, depth));
        }
        return expression.toString();
    }

    private static String piece(SplittableRandom random, int depth) {
        int kind = random.nextInt(depth == 0 ? 8 : 14);
        return switch (kind) {
            case 0, 1, 2 -> String.valueOf("abc".charAt(random.nextInt(3)));
            case 3 -> ".";
            case 4 -> "[^a]";
            case 5 -> "[ab]";
            case 6 -> new String[] {"^", "$", "\\b", "\\B", "\\z", "\\Z", "\\."}[random.nextInt(7)];
            case 7 -> "a" + repetition(random);
            case 8 -> "(" + expression(random, depth - 1) + "|" + expression(random, depth - 1) + ")";
            case 9 -> "(" + expression(random, depth - 1) + ")" + repetition(random);
            case 10 -> "(?=" + expression(random, depth - 1) + ")";
            case 11 -> "(?!" + expression(random, depth - 1) + ")";
            case 12 -> random.nextBoolean() ? "(?<=a.)" : "(?<!ab|c)";
            default -> "(?:" + expression(random, depth - 1) + ")";
        };
    }

    private static String repetition(SplittableRandom random) {
        return new String[] {"*", "+", "?", "*?", "{2}", "{1,2}", "{1,}", "{0}"}[random.nextInt(8)];
    }
}
