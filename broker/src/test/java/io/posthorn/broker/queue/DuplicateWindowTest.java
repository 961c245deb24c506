package io.posthorn.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DuplicateWindowTest {
    private record Id(long high, long low, long time) {}

    /// Few different hashes, so that slots collide and wrap round.
    @Test
    void everyHistoryIsThatOfAListOfIds() {
        for (long seed = 0; seed < 300; seed++) {
            var random = new SplittableRandom(seed);
            var window = new DuplicateWindow();
            var model = new ArrayDeque<Id>();
            for (long now = 0; now < 400; now++) {
                long high = random.nextInt(40);
                long low = random.nextInt(3);
                boolean known = model.stream().anyMatch(id -> id.high() == high && id.low() == low);
                assertThat(window.contains(high, low)).isEqualTo(known);
                window.add(high, low, now);
                if (!known) {
                    model.addLast(new Id(high, low, now));
                }
                if (random.nextInt(4) == 0) {
                    long before = now - random.nextInt(60);
                    int most = random.nextInt(50);
                    window.forget(before, most);
                    while (!model.isEmpty() && (model.getFirst().time() < before || model.size() > most)) {
                        model.removeFirst();
                    }
                }
                assertThat(window.size()).isEqualTo(model.size());
            }
        }
    }
}
