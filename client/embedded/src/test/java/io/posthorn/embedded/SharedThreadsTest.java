package io.posthorn.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.SessionSpec.IoExecutor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who does what in a broker that nobody else calls.
class SharedThreadsTest {
    private final List<Runnable> woken = new ArrayList<>();
    private final SharedThreads threads = new SharedThreads();

    @Test
    void theFlusherAnswersWhatItHasMadeDurableAndWakesNobodyForIt() {
        IoExecutor loop = threads.loop(new LoopElsewhere(woken::add));
        var order = new ArrayList<String>();
        threads.flusher(Runnable::run).execute(() -> {
            loop.execute(() -> order.add("answered"));
            order.add("durable");
        });
        assertThat(order).containsExactly("durable", "answered");
        assertThat(woken).isEmpty();
    }

    @Test
    void theLoopIsOneForAll() {
        assertThat(threads.loop(new LoopElsewhere(woken::add))).isSameAs(threads.loop(new LoopElsewhere(woken::add)));
    }

    @Test
    void aFlusherIsOfALoop() {
        assertThatThrownBy(() -> threads.flusher(Runnable::run)).isInstanceOf(IllegalStateException.class);
    }
}
