package io.posthorn.console.v1;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.BrowsedMessage;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.Message;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.Publisher;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.Reply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Moves messages that lie in one queue to where they are addressed: each is claimed, published, and settled only when
/// its target has it durable. Confined to the thread of its session.
final class Forwarding implements ReceiptSink {
    /// What became of some messages.
    ///
    /// @param moved to their target
    /// @param gone somebody else took them before
    /// @param unroutable their target is not there; they stay
    /// @param refused by their target; they stay
    record Result(int moved, int gone, int unroutable, int refused) {}

    private final BrokerSession session;
    private final ConsumerHandle owner;
    private final Publisher publisher;
    private final Map<Long, BrowsedMessage> underWay = new HashMap<>();
    private Run run = Run.NONE;
    private long lastSequence;

    /// One call of [#move].
    private static final class Run {
        static final Run NONE = new Run(0, new Reply<>() {
            @Override
            public void ok(Result value) {}

            @Override
            public void failed(BrokerException cause) {}
        });

        final Reply<Result> reply;
        final int gone;
        int moved;
        int unroutable;
        int refused;

        Run(int gone, Reply<Result> reply) {
            this.gone = gone;
            this.reply = reply;
        }

        Result result() {
            return new Result(moved, gone, unroutable, refused);
        }
    }

    Forwarding(BrokerSession session) {
        this.session = session;
        this.owner = session.getter();
        this.publisher = session.publisher(this);
    }

    /// @param messages of this queue
    /// @param addressed each as it is to be published
    void move(
            String queue,
            List<BrowsedMessage> messages,
            Function<BrowsedMessage, Message> addressed,
            Reply<Result> reply) {
        List<Long> ids = messages.stream().map(BrowsedMessage::id).toList();
        session.claim(queue, ids, owner, new Reply<>() {
            @Override
            public void ok(List<Long> claimed) {
                run = new Run(ids.size() - claimed.size(), reply);
                publish(
                        messages.stream()
                                .filter(each -> claimed.contains(each.id()))
                                .toList(),
                        addressed);
            }

            @Override
            public void failed(BrokerException cause) {
                reply.failed(cause);
            }
        });
    }

    private void publish(List<BrowsedMessage> claimed, Function<BrowsedMessage, Message> addressed) {
        // All of them count as under way before the first receipt can come.
        long first = lastSequence + 1;
        for (BrowsedMessage each : claimed) {
            underWay.put(++lastSequence, each);
        }
        for (int i = 0; i < claimed.size(); i++) {
            publish(claimed.get(i), addressed.apply(claimed.get(i)), first + i);
        }
        session.flush();
        answerWhenDone();
    }

    private void publish(BrowsedMessage browsed, Message message, long sequence) {
        try {
            if (publisher.publish(message, sequence) == 0) {
                underWay.remove(sequence);
                run.unroutable++;
                settle(browsed, Outcome.RELEASED);
            }
        } catch (BrokerException.NotFound | BrokerException.AccessRefused | BrokerException.MessageTooLarge _) {
            underWay.remove(sequence);
            run.refused++;
            settle(browsed, Outcome.RELEASED);
        }
    }

    @Override
    public void accepted(long first, long last) {
        for (long sequence = first; sequence <= last; sequence++) {
            BrowsedMessage browsed = underWay.remove(sequence);
            if (browsed != null) {
                run.moved++;
                settle(browsed, Outcome.ACCEPTED);
            }
        }
        session.flush();
        answerWhenDone();
    }

    @Override
    public void refused(long first, long last, BrokerException cause) {
        for (long sequence = first; sequence <= last; sequence++) {
            BrowsedMessage browsed = underWay.remove(sequence);
            if (browsed != null) {
                run.refused++;
                settle(browsed, Outcome.RELEASED);
            }
        }
        session.flush();
        answerWhenDone();
    }

    private void settle(BrowsedMessage browsed, Outcome outcome) {
        session.settle(owner, browsed.queue(), browsed.deliveryId(), outcome);
    }

    private void answerWhenDone() {
        if (underWay.isEmpty()) {
            Run done = run;
            run = Run.NONE;
            done.reply.ok(done.result());
        }
    }
}
