package io.posthorn.verification.conformance.kafka.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.kafka.history.Event.Acknowledged;
import io.posthorn.verification.conformance.kafka.history.Event.Batch;
import io.posthorn.verification.conformance.kafka.history.Event.Committed;
import io.posthorn.verification.conformance.kafka.history.Event.Committing;
import io.posthorn.verification.conformance.kafka.history.Event.Ended;
import io.posthorn.verification.conformance.kafka.history.Event.Ending;
import io.posthorn.verification.conformance.kafka.history.Event.Kept;
import io.posthorn.verification.conformance.kafka.history.Event.Misplaced;
import io.posthorn.verification.conformance.kafka.history.Event.Piped;
import io.posthorn.verification.conformance.kafka.history.Event.Placed;
import io.posthorn.verification.conformance.kafka.history.Event.Read;
import io.posthorn.verification.conformance.kafka.history.Event.Sending;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The checker finds every kind of broken promise in a history that is otherwise good.
class HistoryCheckerTest {
    private static final TopicPartition P = new TopicPartition("t", 0);
    private static final Id ONE = new Id("i", 1, "");
    private static final Id TWO = new Id("i", 2, "");
    private static final Id KEPT = new Id("x", 1, "good");
    private static final Id GONE = new Id("x", 2, "bad");
    private static final Id ALSO = new Id("x", 3, "good2");
    private static final TopicPartition Q = new TopicPartition("q", 0);
    private static final TopicPartition OUT = new TopicPartition("out", 0);
    private static final Id SOURCE = new Id("s", 1, "");
    private static final Id MADE = new Id("p", 1, "good3");
    private static final Id WITH = new Id("x", 4, "good2");

    private static final List<Event> GOOD = List.of(
            new Sending(ONE, P, false),
            new Sending(TWO, P, false),
            new Acknowledged(ONE, P, 0),
            new Acknowledged(TWO, P, 1),
            new Sending(KEPT, P, false),
            new Ending("good", true),
            new Ended("good", true),
            new Sending(GONE, P, false),
            new Ending("bad", false),
            new Ended("bad", false),
            new Sending(ALSO, P, false),
            new Sending(WITH, P, false),
            new Ending("good2", true),
            new Read("r", true, P, 0, ONE),
            new Read("r", true, P, 1, TWO),
            new Read("r", true, P, 2, KEPT),
            new Read("g/a", true, P, 0, ONE),
            new Committing("g", P, 1),
            new Committed("g", "a", P, 1),
            new Read("g/a", true, P, 1, TWO),
            new Placed("g", P, 1),
            new Batch(P, 0, 1, false),
            new Batch(P, 2, 2, false),
            new Batch(P, 3, 3, true),
            new Batch(P, 4, 4, false),
            new Batch(P, 5, 5, true),
            new Batch(P, 6, 7, false),
            new Sending(MADE, OUT, false),
            new Piped(MADE, Q, 0),
            new Sending(SOURCE, Q, false),
            new Ending("good3", true),
            new Kept(OUT, 0, MADE, true),
            new Kept(Q, 0, SOURCE, true),
            new Kept(P, 0, ONE, true),
            new Kept(P, 1, TWO, true),
            new Kept(P, 2, KEPT, true),
            new Kept(P, 4, GONE, false),
            new Kept(P, 6, ALSO, true),
            new Kept(P, 7, WITH, true));

    @Test
    void aGoodHistoryHasNoViolations() {
        assertThat(new HistoryChecker().check(GOOD)).isEmpty();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                planted("LOST", new Kept(P, 1, TWO, true), null),
                planted("ANOTHER", new Kept(P, 1, TWO, true), new Kept(P, 1, new Id("i", 3, ""), true)),
                planted("CHANGED", new Read("r", true, P, 1, TWO), new Read("r", true, P, 1, ONE)),
                planted("TWO AT ONE OFFSET", new Acknowledged(TWO, P, 1), new Acknowledged(TWO, P, 0)),
                planted("DUPLICATE", new Kept(P, 1, TWO, true), new Kept(P, 1, ONE, true)),
                planted("PHANTOM", new Sending(TWO, P, false), null),
                planted("PHANTOM", new Sending(ONE, P, false), new Sending(ONE, new TopicPartition("t", 1), false)),
                planted("OUT OF ORDER in the log", new Kept(P, 7, WITH, true), new Kept(P, 7, KEPT, true)),
                planted("OUT OF ORDER, after", new Read("r", true, P, 2, KEPT), new Read("r", true, P, 0, ONE)),
                planted("GAP", new Batch(P, 5, 5, true), null),
                planted("GAP", new Batch(P, 0, 1, false), new Batch(P, 1, 1, false)),
                planted("GONE BACK from", new Placed("g", P, 1), new Placed("g", P, 0)),
                planted("GONE BACK behind", new Read("g/a", true, P, 1, TWO), new Read("g/a", true, P, 0, ONE)),
                planted("NEVER COMMITTED", new Placed("g", P, 1), new Placed("g", P, 2)),
                planted("MISPLACED", new Placed("g", P, 1), new Misplaced("r", "out of range")),
                planted("NOT COMMITTED", new Read("r", true, P, 2, KEPT), new Read("r", true, P, 4, GONE)),
                planted("ABORTED", new Kept(P, 4, GONE, false), new Kept(P, 4, GONE, true)),
                planted("ABORTED", new Ending("good", true), new Ending("good", false)),
                planted("HIDDEN", new Kept(P, 1, TWO, true), new Kept(P, 1, TWO, false)),
                planted("IN PART", new Kept(P, 7, WITH, true), null),
                planted("IN PART", new Kept(P, 7, WITH, true), new Kept(P, 7, WITH, false)),
                planted("TWICE", new Kept(Q, 0, SOURCE, true), new Kept(OUT, 1, MADE, true)),
                planted("PASSED OVER", new Kept(OUT, 0, MADE, true), null),
                planted("LOST: transaction", new Kept(P, 2, KEPT, true), null),
                planted("LOST: transaction", new Kept(P, 2, KEPT, true), new Kept(P, 2, KEPT, false)));
    }

    private static Arguments planted(String finding, Event good, @Nullable Event replacement) {
        return Arguments.of(finding, good, replacement);
    }

    @ParameterizedTest(name = "{0}: {2} for {1}")
    @MethodSource("faults")
    void aPlantedFaultIsFound(String finding, Event good, @Nullable Event replacement) {
        assertThat(GOOD).contains(good);
        List<Event> planted = new ArrayList<>();
        for (Event event : GOOD) {
            if (!event.equals(good)) {
                planted.add(event);
            } else if (replacement != null) {
                planted.add(replacement);
            }
        }

        assertThat(new HistoryChecker().check(planted)).anyMatch(violation -> violation.startsWith(finding));
    }
}
