package io.posthorn.broker.queue;

import java.util.ArrayList;
import java.util.List;

/// Single messages are taken out of the middle of a queue.
record Claiming(WorkQueue queue, DeliveryOrder order, QueueLength length) {
    /// @return those of these that were ready
    List<Long> claim(Getter getter, List<Long> offsets) {
        var claimed = new ArrayList<Long>();
        for (long offset : offsets) {
            if (isThere(offset) && order.isReady(offset)) {
                order.withhold(offset, offset + 1, queue.visibleEnd);
                length.taken(offset, offset + 1);
                queue.hold(getter, offset);
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
