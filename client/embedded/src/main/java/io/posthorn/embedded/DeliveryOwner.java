package io.posthorn.embedded;

import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.QueueHandle;
import io.posthorn.events.spi.Incoming;
import java.util.concurrent.atomic.AtomicBoolean;

/// Who holds deliveries, and is let go when it takes no more and the last one is settled. Confined to the session's
/// thread.
final class DeliveryOwner {
    private final BrokerSession session;
    private final Loop loop;
    private final ConsumerHandle handle;
    private int unsettled;
    private boolean isDone;

    DeliveryOwner(BrokerSession session, Loop loop, ConsumerHandle handle) {
        this.session = session;
        this.loop = loop;
        this.handle = handle;
    }

    ConsumerHandle handle() {
        return handle;
    }

    /// The delivery for the application, which settles it from any thread.
    Incoming took(Delivery delivery) {
        unsettled++;
        QueueHandle queue = delivery.queue();
        long id = delivery.deliveryId();
        var once = new AtomicBoolean();
        return MessageMapping.incoming(delivery, outcome -> {
            if (once.compareAndSet(false, true)) {
                loop.run(() -> settle(queue, id, outcome));
            }
        });
    }

    private void settle(QueueHandle queue, long id, Incoming.Outcome outcome) {
        session.settle(
                handle,
                queue,
                id,
                switch (outcome) {
                    case ACK -> io.posthorn.broker.Outcome.ACCEPTED;
                    case REQUEUE -> io.posthorn.broker.Outcome.RELEASED;
                });
        unsettled--;
        closeIfDone();
    }

    void takesNoMore() {
        isDone = true;
        closeIfDone();
    }

    private void closeIfDone() {
        if (isDone && unsettled == 0) {
            session.flush(); // what was settled is handed over before its owner goes
            handle.close();
        }
    }
}
