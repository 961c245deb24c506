package io.posthorn.protocol.amqp;

import io.netty.channel.EventLoop;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import io.posthorn.transport.Connection;
import io.posthorn.transport.ReadGate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What is said at the end of a channel or connection, once all that goes with it is gone: who has heard that somebody
/// else's channel is closed does not find the queue that went with its last consumer, as with RabbitMQ.
///
/// Until it is said, nothing more is decoded. Each waits for those before it, too: the session answers only for what it
/// has let go of since it was asked last. A broker that does not answer is waited for only so long. Confined to the
/// thread of the connection.
final class Goodbyes {
    private final EventLoop loop;
    private final ReadGate gate;
    private final Duration patience;
    private final ArrayDeque<Goodbye> waiting = new ArrayDeque<>(1);

    Goodbyes(Connection transport, Duration patience) {
        this.loop = transport.channel().eventLoop();
        this.gate = transport.readGate();
        this.patience = patience;
    }

    /// Says goodbye when all is gone that the session has let go of; mostly that is now.
    void say(BrokerSession session, Runnable goodbye) {
        var one = new Goodbye(goodbye);
        waiting.add(one);
        session.whenGone(one);
        one.await();
    }

    /// Waits no more.
    void sayNow() {
        waiting.forEach(each -> each.isGone = true);
        sayInTurn();
    }

    private void sayInTurn() {
        while (!waiting.isEmpty() && waiting.element().isGone) {
            waiting.remove().say();
        }
        if (waiting.isEmpty()) {
            gate.open(ReadGate.Reason.GOODBYE);
        }
    }

    private final class Goodbye implements Reply<Done> {
        private final Runnable goodbye;
        private @Nullable ScheduledFuture<?> deadline;
        private boolean isGone;

        Goodbye(Runnable goodbye) {
            this.goodbye = goodbye;
        }

        void await() {
            if (!isGone) {
                gate.close(ReadGate.Reason.GOODBYE);
                deadline = loop.schedule(this::gone, patience.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void ok(Done value) {
            gone();
        }

        @Override
        public void failed(BrokerException cause) {
            gone();
        }

        private void gone() {
            isGone = true;
            sayInTurn();
        }

        void say() {
            if (deadline != null) {
                deadline.cancel(false);
            }
            goodbye.run();
        }
    }
}
