package io.posthorn.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.log.MetaStore.Versioned;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What every engine promises of its small facts.
public abstract class MetaStoreContract {
    /// Where facts live: outlives the stores opened on it.
    public interface Device {
        /// A new owner. The one before is gone: closed in order, or crashed.
        MetaStore open();

        /// The owner dies without a word. What it had not synced may be kept or lost. A failure that was asked
        /// for and has not happened will not.
        void crash();

        /// The n-th operation from now on (1 is the next) that changes something fails, once.
        void failOperation(int n);

        /// Whether the failure asked for has happened.
        boolean failureHappened();
    }

    /// A new, empty device.
    protected abstract Device device();

    /// Whether facts outlive their store; not so for an engine in memory.
    protected boolean outlivesItsStore() {
        return true;
    }

    /// Whether [Device#failOperation] can be had.
    protected boolean canFail() {
        return true;
    }

    @Test
    void aFactIsReadAsItWasWritten() {
        try (var store = device().open()) {
            assertThat(store.get("manifest")).isEmpty();
            assertThat(store.put("manifest", value("one"), 0)).isEqualTo(1);
            assertThat(store.put("manifest", value("two"), 1)).isEqualTo(2);
            assertThat(store.get("manifest")).contains(new Versioned(value("two"), 2));
            assertThat(store.put("empty", Bytes.EMPTY, 0)).isEqualTo(1);
            assertThat(store.get("empty")).contains(new Versioned(Bytes.EMPTY, 1));
        }
    }

    @Test
    void whoeverHasAnOldVersionIsFenced() {
        try (var store = device().open()) {
            store.put("manifest", value("one"), 0);
            assertThatThrownBy(() -> store.put("manifest", value("mine"), 0)).isInstanceOf(LogException.Fenced.class);
            assertThatThrownBy(() -> store.put("manifest", value("mine"), 2)).isInstanceOf(LogException.Fenced.class);
            assertThatThrownBy(() -> store.put("other", value("mine"), 1)).isInstanceOf(LogException.Fenced.class);
            assertThatThrownBy(() -> store.delete("manifest", 7)).isInstanceOf(LogException.Fenced.class);
            assertThat(store.get("manifest")).contains(new Versioned(value("one"), 1));
        }
    }

    @Test
    void aDeletedFactIsGone() {
        try (var store = device().open()) {
            store.put("manifest", value("one"), 0);
            store.delete("manifest", 1);
            assertThat(store.get("manifest")).isEmpty();
            assertThat(store.put("manifest", value("again"), 0)).isEqualTo(1);
        }
    }

    @Test
    void ofManyWritersOneWins() throws InterruptedException {
        try (var store = device().open()) {
            var winners = new AtomicInteger();
            var threads = IntStream.range(0, 8)
                    .mapToObj(i -> Thread.ofVirtual().start(() -> {
                        try {
                            store.put("owner", value("writer " + i), 0);
                            winners.incrementAndGet();
                        } catch (LogException.Fenced _) {
                            // another was first
                        }
                    }))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(winners).hasValue(1);
        }
    }

    @Test
    void aKeyIsNeverAPath() {
        try (var store = device().open()) {
            for (String key : List.of("", "../up", "a/b", ".", "UPPER", "dot.dot", "x".repeat(65), "nul\0")) {
                assertThatThrownBy(() -> store.put(key, value("x"), 0)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> store.get(key)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void aFactSurvivesTheDeathOfItsOwner() {
        Assumptions.assumeTrue(outlivesItsStore());
        var device = device();
        var store = device.open();
        store.put("manifest", value("one"), 0);
        store.put("manifest", value("two"), 1);
        store.put("gone", value("x"), 0);
        store.delete("gone", 1);
        device.crash();
        try (var next = device.open()) {
            assertThat(next.get("manifest")).contains(new Versioned(value("two"), 2));
            assertThat(next.get("gone")).isEmpty();
        }
    }

    /// A failure at each step in turn, then death: the fact is the last acknowledged one, or the one whose
    /// outcome is unknown, and whole.
    @Test
    void aFailureAtAnyStepLeavesOneWholeVersion() {
        Assumptions.assumeTrue(canFail() && outlivesItsStore());
        for (int n = 1; ; n++) {
            var device = device();
            var store = device.open();
            device.failOperation(n);
            int acknowledged = 0;
            try {
                for (int i = 1; i <= 4; i++) {
                    store.put("manifest", value("version " + i), i - 1L);
                    acknowledged = i;
                }
            } catch (LogException _) {
                // the outcome of this one is unknown
            }
            boolean failed = device.failureHappened();
            device.crash();
            try (var next = device.open()) {
                var found = next.get("manifest");
                long version = found.map(Versioned::version).orElse(0L);
                assertThat(version).as("operation %d", n).isBetween((long) acknowledged, acknowledged + 1L);
                found.ifPresent(fact -> assertThat(fact.value()).isEqualTo(value("version " + fact.version())));
            }
            if (!failed) {
                return;
            }
        }
    }

    private static Bytes value(String text) {
        return Bytes.utf8(text);
    }
}
