package io.posthorn.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.QueueSpec;
import io.posthorn.log.Bytes;
import io.posthorn.log.LogId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EquivalenceTest {
    /// One row of the table.
    record Row(String current, String received, String answer) {}

    static Stream<Row> rows() {
        try (var in = Objects.requireNonNull(EquivalenceTest.class.getResourceAsStream("equivalence.txt"))) {
            var lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.stream().filter(line -> !line.startsWith("#")).map(EquivalenceTest::row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        List<String> fields = List.of(line.split(" *\\| *", -1));
        return new Row(fields.get(0), fields.get(1), fields.get(2));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void argumentsAreComparedAsByRabbit(Row row) {
        var current = new QueueEntry("/", spec(row.current), new LogId(1), null);
        assertThat(answer(current, spec(row.received))).isEqualTo(row.answer);
    }

    private static String answer(QueueEntry current, QueueSpec received) {
        try {
            QueueRules.checkEquivalent(received, current, new SessionId(1));
            return "ok";
        } catch (PreconditionFailed refused) {
            return String.valueOf(refused.getMessage()).replace("inequivalent arg ", "");
        }
    }

    private static QueueSpec spec(String arguments) {
        return new QueueSpec("q", true, false, false, arguments(arguments));
    }

    private static Arguments arguments(String text) {
        return text.equals("-") ? Arguments.NONE : table(text.split(", ", -1));
    }

    private static Arguments table(String[] entries) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            values.put(entry.substring(0, equals), value(entry.substring(equals + 1)));
        }
        return new Arguments(values);
    }

    private static @Nullable Object value(String typed) {
        int colon = typed.indexOf(':');
        String text = typed.substring(colon + 1);
        return switch (typed.substring(0, colon)) {
            case "byte" -> Byte.valueOf(text);
            case "short" -> Short.valueOf(text);
            case "int" -> Integer.valueOf(text);
            case "long" -> Long.valueOf(text);
            case "float" -> Float.valueOf(text);
            case "double" -> Double.valueOf(text);
            case "decimal" -> new BigDecimal(text);
            case "bool" -> Boolean.valueOf(text);
            case "str" -> text;
            case "bytes" -> Bytes.utf8(text);
            case "time" -> Instant.ofEpochSecond(Long.parseLong(text));
            case "void" -> null;
            case "array" ->
                Arrays.stream(text.split(";", -1)).map(EquivalenceTest::value).toList();
            case "table" -> table(text.split(";", -1));
            default -> throw new IllegalArgumentException(typed);
        };
    }
}
