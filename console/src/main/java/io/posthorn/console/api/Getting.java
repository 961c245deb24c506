package io.posthorn.console.api;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.Outcome;
import io.posthorn.broker.QueueHandle;
import io.posthorn.broker.Reply;
import io.posthorn.console.MessageForm;
import io.posthorn.log.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Messages on their way out, one after the other; what becomes of them is said when all are there. Confined to the
/// session's thread.
final class Getting implements Reply<Optional<Delivery>> {
    /// More bytes than these are not held for one answer: it has fewer messages then.
    private static final long MOST_BYTES = 64L * 1024 * 1024;

    /// @param remaining ready messages behind it
    record Got(
            String exchange,
            String routingKey,
            boolean redelivered,
            long remaining,
            Arguments properties,
            Bytes body) {}

    private record Held(QueueHandle queue, long delivery) {}

    private final BrokerSession session;
    private final MessageForm form;
    private final Wanted wanted;
    private final Reply<List<Got>> reply;
    private final ConsumerHandle owner;
    private final List<Got> got = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private long bytes;

    /// @param count negative for all
    /// @param mode what becomes of the messages
    record Wanted(String queue, long count, AckMode mode) {}

    /// By RabbitMQ's names in lower case.
    enum AckMode {
        ACK_REQUEUE_TRUE,
        REJECT_REQUEUE_TRUE,
        ACK_REQUEUE_FALSE,
        REJECT_REQUEUE_FALSE
    }

    private Getting(BrokerSession session, MessageForm form, Wanted wanted, Reply<List<Got>> reply) {
        this.session = session;
        this.form = form;
        this.wanted = wanted;
        this.reply = reply;
        this.owner = session.getter();
    }

    static void get(BrokerSession session, MessageForm form, Wanted wanted, Reply<List<Got>> reply) {
        new Getting(session, form, wanted, reply).next();
    }

    private void next() {
        if (got.size() == wanted.count() || bytes > MOST_BYTES) {
            end();
        } else {
            session.get(wanted.queue(), wanted.mode() == AckMode.ACK_REQUEUE_FALSE, owner, this);
        }
    }

    @Override
    public void ok(Optional<Delivery> answer) {
        if (answer.isEmpty()) {
            end();
            return;
        }
        Delivery delivery = answer.get();
        // A copy: the queue's own bytes are to be read during this call only.
        Bytes body = new Bytes(delivery.message().body().toByteArray());
        bytes += body.length();
        got.add(new Got(
                delivery.message().exchange(),
                delivery.message().routingKey(),
                delivery.redelivered(),
                Math.max(0, delivery.remaining()),
                form.properties(delivery),
                body));
        held.add(new Held(delivery.queue(), delivery.deliveryId()));
        next();
    }

    @Override
    public void failed(BrokerException cause) {
        reply.failed(cause);
    }

    private void end() {
        switch (wanted.mode()) {
            case ACK_REQUEUE_TRUE, REJECT_REQUEUE_TRUE -> settle(Outcome.RELEASED);
            case REJECT_REQUEUE_FALSE -> settle(Outcome.REJECTED);
            case ACK_REQUEUE_FALSE -> {} // settled as they came
        }
        reply.ok(List.copyOf(got));
    }

    private void settle(Outcome outcome) {
        held.forEach(each -> session.settle(owner, each.queue(), each.delivery(), outcome));
        session.flush();
    }
}
