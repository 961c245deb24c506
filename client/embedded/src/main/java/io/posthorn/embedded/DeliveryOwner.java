package io.posthorn.embedded;

import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.ConsumerHandle;
import io.posthorn.broker.Delivery;
import io.posthorn.broker.QueueHandle;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Outcome;
import io.posthorn.events.spi.Incoming.Settlement;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Who holds deliveries, and is let go when it takes no more and the last one is settled. Confined to the session's
/// thread.
final class DeliveryOwner {
    /// So many that are done with make a pass worth while.
    private static final int ENOUGH = 64;

    private final BrokerSession session;
    private final Loop loop;
    private final ConsumerHandle handle;

    /// What was done with since the last pass, the last one first. The one thing here that any thread may touch.
    private final AtomicReference<@Nullable Taken> done = new AtomicReference<>();

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
    private static final class Taken implements Settlement {
        private final DeliveryOwner owner;
        private final QueueHandle queue;
        private final long id;
        private final AtomicBoolean settled = new AtomicBoolean();

        /// What was done with before it, and how many there are. Its own only while it is not among them.
        private @Nullable Taken before;

        private int count;

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
            if (how == Outcome.ACK) {
                owner.done(this);
            } else {
                owner.loop.run(() -> owner.settle(queue, id, how));
            }
        }
    }

    private void done(Taken taken) {
        Taken before;
        do {
            before = done.get();
            taken.before = before;
            taken.count = before == null ? 1 : before.count + 1;
        } while (!done.compareAndSet(before, taken));
        if (before == null) {
            loop.soon(this::settleDone);
        } else if (taken.count == ENOUGH) {
            loop.flush();
        }
    }

    private void settleDone() {
        Taken inOrder = null;
        for (Taken last = done.getAndSet(null); last != null; ) {
            Taken before = last.before;
            last.before = inOrder;
            inOrder = last;
            last = before;
        }
        for (Taken each = inOrder; each != null; each = each.before) {
            settle(each.queue, each.id, Outcome.ACK);
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
