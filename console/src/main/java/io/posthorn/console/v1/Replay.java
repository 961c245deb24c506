package io.posthorn.console.v1;

import io.posthorn.broker.Broker;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrowsePage;
import io.posthorn.broker.BrowsedMessage;
import io.posthorn.broker.Death;
import io.posthorn.broker.Message;
import io.posthorn.broker.MessageState;
import io.posthorn.broker.QueueStatus;
import io.posthorn.broker.admin.Actor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/// Sends dead letters back, a few at a time, oldest first. Confined to the virtual thread that runs it.
///
/// It goes through what lay in the queue when it began, and no further: what dies again meanwhile comes behind that,
/// and would be met for ever.
final class Replay {
    private static final int PAGE = 256;

    private final Broker broker;
    private final Actor by;
    private final ReplayOrder order;
    private final Operation operation;

    Replay(Broker broker, Actor by, ReplayOrder order, Operation operation) {
        this.broker = broker;
        this.by = by;
        this.order = order;
        this.operation = operation;
    }

    /// @throws BrokerException why it could not go on
    void run() throws TimeoutException, InterruptedException {
        try (var work = new Work(broker, by, order.virtualHost())) {
            QueueStatus status = work.ask((session, reply) -> session.queueStatus(order.queue(), reply));
            operation.total(status.ready());
            Forwarding forwarding = work.ask((session, reply) -> reply.ok(new Forwarding(session)));
            goThrough(work, forwarding, status.ready());
        }
    }

    private void goThrough(Work work, Forwarding forwarding, long ready) throws TimeoutException, InterruptedException {
        long from = 0;
        long left = ready;
        while (from != BrowsePage.END && left > 0 && goesOn()) {
            long here = from;
            int page = (int) Math.min(PAGE, left);
            BrowsePage found =
                    work.ask((session, reply) -> session.browse(order.queue(), MessageState.READY, here, page, reply));
            left -= found.messages().size();
            from = found.next();
            send(work, forwarding, choose(found.messages()));
        }
    }

    private boolean goesOn() {
        return !operation.isCancelled() && operation.replayed() < order.most();
    }

    private List<BrowsedMessage> choose(List<BrowsedMessage> messages) {
        var chosen = new ArrayList<BrowsedMessage>();
        for (BrowsedMessage each : messages) {
            operation.examined();
            if (order.filter().deathOf(each) == null) {
                continue;
            }
            operation.matched();
            if (ReplayOrder.replays(each.message()) >= order.mostReplays()) {
                operation.looped();
            } else {
                chosen.add(each);
            }
        }
        return chosen;
    }

    private void send(Work work, Forwarding forwarding, List<BrowsedMessage> chosen)
            throws TimeoutException, InterruptedException {
        int sent = 0;
        while (sent < chosen.size() && goesOn()) {
            operation.awaitTurn(order.pace());
            long room = Math.min(order.pace().atOnce(), order.most() - operation.replayed());
            int to = (int) Math.min(chosen.size(), sent + room);
            List<BrowsedMessage> next = chosen.subList(sent, to);
            if (order.dryRun()) {
                operation.add(new Forwarding.Result(next.size(), 0, 0, 0));
            } else {
                checkAlarms();
                operation.add(work.ask((session, reply) -> forwarding.move(order.queue(), next, this::again, reply)));
            }
            sent = to;
        }
    }

    private Message again(BrowsedMessage browsed) {
        Death death = order.filter().deathOf(browsed);
        if (death == null) {
            throw new IllegalStateException("only what matches is chosen");
        }
        return order.again(browsed, death);
    }

    private void checkAlarms() {
        if (!broker.alarms().isEmpty()) {
            throw new BrokerException.StorageFull("publishers are stopped by an alarm: " + broker.alarms());
        }
    }
}
