package io.posthorn.broker.queue;

import java.util.ArrayList;
import java.util.List;

/// Single messages are taken out of the middle of a queue.
record Claiming(WorkQueue queue, Backlog backlog, Unsettled unsettled) {
    /// @return those of these that were ready
    List<Long> claim(Getter getter, List<Long> offsets) {
        var claimed = new ArrayList<Long>();
        for (long offset : offsets) {
            if (isThere(offset) && backlog.isReady(offset)) {
                backlog.withhold(offset, offset + 1);
                unsettled.hold(getter, offset);
                claimed.add(offset);
            }
        }
        return claimed;
    }

    private boolean isThere(long offset) {
        return offset >= 0
                && offset < queue.visibleEnd
                && !queue.state.settlements().isSettled(offset);
    }
}
