package io.posthorn.embedded;

import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.QueueHandle;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Outcome;
import io.posthorn.events.spi.Incoming.Settlement;
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
        return MessageMapping.incoming(delivery, new Taken(this, delivery.queue(), delivery.deliveryId()));
    }

    /// A delivery in the application's hands. Thread-safe.
    private static final class Taken implements Settlement, Runnable {
        private final DeliveryOwner owner;
        private final QueueHandle queue;
        private final long id;
        private final AtomicBoolean settled = new AtomicBoolean();
        private Outcome outcome = Outcome.REQUEUE;

        Taken(DeliveryOwner owner, QueueHandle queue, long id) {
            this.owner = owner;
            this.queue = queue;
            this.id = id;
        }

        /// Whoever waits for what is given back should not wait for others; that something is done can.
        @Override
        public void settle(Outcome how) {
            if (!settled.compareAndSet(false, true)) {
                return;
            }
            outcome = how;
            if (how == Outcome.ACK) {
                owner.loop.soon(this);
            } else {
                owner.loop.run(this);
            }
        }

        @Override
        public void run() {
            owner.settle(queue, id, outcome);
        }
    }

    private void settle(QueueHandle queue, long id, Outcome outcome) {
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
