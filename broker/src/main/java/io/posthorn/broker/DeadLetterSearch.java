package io.posthorn.broker;

import io.posthorn.broker.topology.QueueEntry;
import java.util.ArrayList;
import java.util.List;

/// Looks for the messages that one queue has given up, in the queues that its dead letters can get to. Confined to
/// the session's io thread.
///
/// A place in the search is a place in one of those queues and which one it is, in one number.
final class DeadLetterSearch implements Reply<BrowsePage> {
    private static final int OFFSET_BITS = 48;
    private static final int PAGE = 256;

    /// After so many messages that were something else, the caller is asked whether to go on.
    private static final int MOST_LOOKED_AT = 10_000;

    private final LocalQueues queues;
    private final QueueEntry origin;
    private final List<QueueEntry> targets;
    private final int most;
    private final Reply<BrowsePage> reply;
    private final List<BrowsedMessage> found = new ArrayList<>();
    private int target;
    private int lookedAt;

    /// @param targets in an order that stays
    DeadLetterSearch(
            LocalQueues queues, QueueEntry origin, List<QueueEntry> targets, int most, Reply<BrowsePage> reply) {
        this.queues = queues;
        this.origin = origin;
        this.targets = targets;
        this.most = most;
        this.reply = reply;
    }

    void from(long place) {
        target = (int) (place >>> OFFSET_BITS);
        look(place & ((1L << OFFSET_BITS) - 1));
    }

    private void look(long offset) {
        if (target >= targets.size()) {
            reply.ok(new BrowsePage(found, BrowsePage.END));
        } else if (found.size() >= most || lookedAt >= MOST_LOOKED_AT) {
            reply.ok(new BrowsePage(found, ((long) target << OFFSET_BITS) | offset));
        } else {
            queues.browse(targets.get(target), MessageState.READY, offset, Math.min(PAGE, most), this);
        }
    }

    @Override
    public void ok(BrowsePage page) {
        long next = page.next();
        for (BrowsedMessage each : page.messages()) {
            lookedAt++;
            if (found.size() == most) {
                next = each.id();
                break;
            }
            if (isFromOrigin(each.message())) {
                found.add(new BrowsedMessage(
                        each.queue(),
                        MessageState.DEAD,
                        each.id(),
                        each.redelivered(),
                        each.deliveryCount(),
                        each.message()));
            }
        }
        if (next == BrowsePage.END) {
            target++;
            next = 0;
        }
        look(next);
    }

    private boolean isFromOrigin(Message message) {
        DeathHistory deaths = message.deaths();
        return deaths != null && deaths.latest().queue().equals(origin.name());
    }

    /// A queue that has gone meanwhile holds nothing.
    @Override
    public void failed(BrokerException cause) {
        target++;
        look(0);
    }
}
