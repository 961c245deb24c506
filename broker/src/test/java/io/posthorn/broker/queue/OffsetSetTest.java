package io.posthorn.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OffsetSetTest {
    @Property(tries = 300, seed = "1")
    void behavesLikeASetOfNumbers(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20_000) int span) {
        var random = new SplittableRandom(seed);
        var set = new OffsetSet();
        var model = new TreeSet<Long>();
        for (int i = 0; i < 60; i++) {
            long from = random.nextLong(span);
            long to = from + random.nextLong(1, random.nextInt(4) == 0 ? 9_000 : 100);
            if (random.nextInt(3) > 0) {
                long before = model.size();
                addAll(model, from, to);
                assertThat(set.addRange(from, to)).isEqualTo(model.size() - before);
            } else {
                long before = model.size();
                model.subSet(from, to).clear();
                assertThat(set.removeRange(from, to)).isEqualTo(before - model.size());
            }
            check(set, model, random.nextLong(span + 100L));
        }
    }

    private static void addAll(NavigableSet<Long> model, long from, long to) {
        for (long offset = from; offset < to; offset++) {
            model.add(offset);
        }
    }

    private static void check(OffsetSet set, NavigableSet<Long> model, long probe) {
        assertThat(set.cardinality()).isEqualTo(model.size());
        assertThat(set.contains(probe)).isEqualTo(model.contains(probe));
        assertThat(set.first()).isEqualTo(model.isEmpty() ? OffsetSet.NONE : model.first());
        Long ceiling = model.ceiling(probe);
        assertThat(set.firstFrom(probe)).isEqualTo(ceiling == null ? OffsetSet.NONE : ceiling);
        assertThat(set.countFrom(probe)).isEqualTo(model.tailSet(probe).size());
        assertThat(set.last()).isEqualTo(model.isEmpty() ? OffsetSet.NONE : model.last());
        Long lower = model.lower(probe);
        assertThat(set.lastBefore(probe)).isEqualTo(lower == null ? OffsetSet.NONE : lower);
        long absent = probe;
        while (model.contains(absent)) {
            absent++;
        }
        assertThat(set.firstAbsentFrom(probe)).isEqualTo(absent);
    }

    @Test
    void tenMillionOffsetsWithGapsEverywhereCostLittleMoreThanABitEach() {
        var runtime = Runtime.getRuntime();
        System.gc();
        long before = runtime.totalMemory() - runtime.freeMemory();
        var set = new OffsetSet();
        for (long offset = 0; offset < 20_000_000; offset += 2) {
            set.add(offset);
        }
        System.gc();
        long used = runtime.totalMemory() - runtime.freeMemory() - before;
        assertThat(set.cardinality()).isEqualTo(10_000_000);
        assertThat(used).isLessThan(4_000_000);
    }

    @Test
    void settlementsWithoutGapsAreOneNumber() {
        var settlements = new Settlements();
        for (long offset = 9_999; offset > 0; offset--) {
            settlements.add(offset, offset + 1);
        }
        assertThat(settlements.before()).isZero();
        settlements.add(0, 1);
        assertThat(settlements.before()).isEqualTo(10_000);
        assertThat(settlements.above().isEmpty()).isTrue();
    }
}
