package io.posthorn.verification.conformance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The checker finds every kind of broken promise in a history that is otherwise good.
class CheckerTest {
    private static final List<String> GOOD = List.of(
            "attempted p1 1",
            "attempted p1 2",
            "attempted p3 1",
            "confirmed p1 1",
            "confirmed p1 2",
            "delivered c1 crash-solo p1 1 false",
            "settling crash-solo p1 1",
            "confirmed p3 1",
            "declaring q1",
            "declared q1",
            "deleting q1",
            "deleted q1",
            "declaring q2",
            "declared q2",
            "attempted p1 3",
            "declaring q3",
            "crashed 1",
            "delivered c1 crash-solo p1 1 true",
            "looked q1 false",
            "looked q2 true",
            "looked q3 false",
            "counted crash-solo 2",
            "delivered drain crash-solo p1 2 true",
            "delivered drain crash-solo p3 1 true",
            "drained crash-solo",
            "counted crash-shared 1",
            "delivered drain crash-shared p3 1 true",
            "drained crash-shared");

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aGoodHistoryHasNoViolations() throws IOException {
        assertThat(check(GOOD)).isEmpty();
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource({
        "delivered drain crash-solo p1 2 true, , LOST",
        "delivered drain crash-shared p3 1 true, , LOST",
        "attempted p3 1, , PHANTOM",
        "delivered c1 crash-solo p1 1 true, delivered c1 crash-solo p1 1 false, DUPLICATE",
        "delivered drain crash-solo p3 1 true, delivered drain crash-solo p1 1 true, OUT OF ORDER",
        "looked q1 false, looked q1 true, RISEN",
        "looked q2 true, looked q2 false, LOST queue",
        "counted crash-solo 2, counted crash-solo 3, MISCOUNTED",
        "drained crash-solo, , NOT DRAINED",
        "crashed 1, damaged crash-solo 7-octets, DAMAGED",
    })
    void aPlantedFaultIsFound(String line, String replacement, String finding) throws IOException {
        assertThat(GOOD).contains(line);
        List<String> planted = GOOD.stream()
                .flatMap(good -> good.equals(line) ? Stream.ofNullable(replacement) : Stream.of(good))
                .toList();

        assertThat(check(planted)).anyMatch(violation -> violation.startsWith(finding));
    }

    private List<String> check(List<String> lines) throws IOException {
        Path history = Files.write(directory.resolve("history"), lines);
        return new Checker().check(history);
    }
}
