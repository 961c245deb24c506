package io.posthorn.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BatchOpener;
import io.posthorn.broker.FakeStorage;
import io.posthorn.broker.HandExecutor;
import io.posthorn.log.LogId;
import io.posthorn.log.compaction.CompactionRules;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompactorTest {
    private static final CompactionRules RULES = new CompactionRules(0, Long.MAX_VALUE, 0, _ -> false);

    private final FakeStorage storage = new FakeStorage().syncsAtOnce();
    private final HandExecutor blocking = new HandExecutor(false);
    private final Compactor compactor = new Compactor(storage, blocking, BatchOpener.NONE, 1 << 20);
    private final List<Long> ends = new ArrayList<>();

    @Test
    void aLogThatCannotBeReadKeepsNoOtherFromBeingCompacted() {
        compact(new LogId(1));
        storage.broken.add(new LogId(1));
        compact(new LogId(2));
        blocking.runAll();
        assertThat(ends).hasSize(2).first().isEqualTo(-1L);
        assertThat(ends.getLast()).isNotNegative();
    }

    private void compact(LogId id) {
        var log = storage.open(id);
        log.append(Produced.batch("a", "b"), true);
        compactor.compact(log, 0, 2, RULES, ends::add);
    }
}
