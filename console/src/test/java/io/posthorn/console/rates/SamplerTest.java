package io.posthorn.console.rates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.posthorn.broker.Reply;
import io.posthorn.broker.statistics.ConnectionStatistics;
import io.posthorn.broker.statistics.Counted;
import io.posthorn.broker.statistics.Counts;
import io.posthorn.broker.statistics.ExchangeStatistics;
import io.posthorn.broker.statistics.LoginCounts;
import io.posthorn.broker.statistics.QueueStatistics;
import io.posthorn.broker.statistics.Statistics;
import io.posthorn.broker.statistics.Tally;
import io.posthorn.broker.statistics.Totals;
import io.posthorn.broker.topology.QueueEntry;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Rates are told to whoever looks, and cost nothing when nobody does.
class SamplerTest {
    private final Tally connections = new Tally();
    private final Deque<Runnable> timers = new ArrayDeque<>();
    private final Sampler sampler =
            new Sampler(new Only(), () -> Instant.ofEpochMilli(now()), (_, task) -> timers.add(task));
    private long millis = 1_000_000;
    private int asked;

    private long now() {
        return millis;
    }

    private Totals totals() {
        return new Totals(Counts.NONE, connections.now(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private Trend look() {
        return sampler.totals(totals()).trend(totals(), now());
    }

    private void pass(long time) {
        millis += time;
        for (int i = timers.size(); i > 0; i--) {
            timers.remove().run();
        }
    }

    private void publish(int messages) {
        connections.add(Counted.PUBLISH, messages);
    }

    @Test
    void theFirstLookTellsNoRateAndTheSecondDoes() {
        publish(1_000);
        assertThat(look().rate("publish")).isZero();
        millis += 2_000;
        publish(100);
        assertThat(look().rate("publish")).isEqualTo(50.0);
    }

    @Test
    void twoLooksAtOnceTellTheSame() {
        look();
        millis += 2_000;
        publish(100);
        assertThat(look().rate("publish")).isEqualTo(50.0);
        millis += 10;
        publish(1);
        assertThat(look().rate("publish")).isBetween(45.0, 55.0);
    }

    @Test
    void whileSomebodyLooksReadingsAreTakenAtEvenIntervals() {
        look();
        for (int i = 0; i < 4; i++) {
            publish(50);
            pass(Sampler.INTERVAL);
        }
        Map<String, Object> details = look().details("publish", new Window(20_000, 5_000));
        assertThat(details).contains(entry("rate", 10.0), entry("avg_rate", 10.0), entry("avg", 100.0));
        assertThat(details.get("samples"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .first()
                .isEqualTo(Map.of("sample", 200L, "timestamp", now()));
        assertThat((List<?>) details.get("samples")).hasSize(5);
    }

    @Test
    void ofTheTimeBeforeTheFirstLookNothingIsTold() {
        publish(70);
        var details = look().details("publish", new Window(60_000, 5_000));
        assertThat((List<?>) details.get("samples")).hasSize(1);
        assertThat(details).contains(entry("avg_rate", 0.0), entry("avg", 70.0));
    }

    @Test
    void whenNobodyLooksAnyMoreThereIsNoTimerAndNothingIsKept() {
        publish(1);
        look();
        assertThat(timers).hasSize(1);
        assertThat(sampler.kept()).isEqualTo(1);
        for (int i = 0; i < 13; i++) {
            pass(Sampler.INTERVAL);
        }
        int before = asked;
        assertThat(timers).isEmpty();
        assertThat(sampler.kept()).isZero();
        pass(Sampler.INTERVAL);
        assertThat(asked).isEqualTo(before);
    }

    @Test
    void whatWasNeverAnythingButZeroTakesNoRoom() {
        sampler.totals(totals());
        assertThat(sampler.kept()).isZero();
        pass(Sampler.INTERVAL);
        publish(10);
        millis += 2_000;
        assertThat(look().rate("publish")).as("from zero on").isEqualTo(5.0);
    }

    @Test
    void theRingKeepsTheLastOnes() {
        var series = new Series(3);
        for (int i = 1; i <= 5; i++) {
            series.add(i * 1_000L, new long[] {i});
        }
        assertThat(series.with(5_500, new long[] {6}))
                .extracting(Sample::time)
                .as("the newest one is too young for another")
                .containsExactly(3_000L, 4_000L, 5_000L);
    }

    private final class Only implements Statistics {
        @Override
        public void queues(@Nullable String virtualHost, Reply<List<QueueStatistics>> reply) {
            throw new AssertionError("nobody looks at queues");
        }

        @Override
        public void queue(QueueEntry queue, Reply<QueueStatistics> reply) {
            throw new AssertionError("nobody looks at a queue");
        }

        @Override
        public void connections(Reply<List<ConnectionStatistics>> reply) {
            throw new AssertionError("nobody looks at connections");
        }

        @Override
        public void totals(Reply<Totals> reply) {
            asked++;
            reply.ok(SamplerTest.this.totals());
        }

        @Override
        public List<ExchangeStatistics> exchanges() {
            throw new AssertionError("nobody looks at exchanges");
        }

        @Override
        public LoginCounts logins() {
            throw new AssertionError("nobody looks at logins");
        }
    }
}
