package io.posthorn.protocol.amqp;

import io.netty.channel.EventLoop;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import io.posthorn.transport.Connection;
import io.posthorn.transport.ReadGate;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What is said at the end of a channel or connection, once all that goes with it is gone: who has heard that somebody
/// else's channel is closed does not find the queue that went with its last consumer, as with RabbitMQ.
///
/// Until it is said, nothing more is decoded. A broker that does not answer is waited for only so long. Confined to the
/// thread of the connection.
final class Goodbyes {
    private final EventLoop loop;
    private final ReadGate gate;
    private final Duration patience;
    private int waiting;

    Goodbyes(Connection transport, Duration patience) {
        this.loop = transport.channel().eventLoop();
        this.gate = transport.readGate();
        this.patience = patience;
    }

    /// Says goodbye when all is gone that the session has let go of; mostly that is now.
    void say(BrokerSession session, Runnable goodbye) {
        var one = new Goodbye(goodbye);
        session.whenGone(one);
        one.await();
    }

    private final class Goodbye implements Reply<Done> {
        private final Runnable goodbye;
        private @Nullable ScheduledFuture<?> deadline;
        private boolean said;

        Goodbye(Runnable goodbye) {
            this.goodbye = goodbye;
        }

        void await() {
            if (!said) {
                waiting++;
                gate.close(ReadGate.Reason.GOODBYE);
                deadline = loop.schedule(this::say, patience.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void ok(Done value) {
            say();
        }

        @Override
        public void failed(BrokerException cause) {
            say();
        }

        private void say() {
            if (said) {
                return;
            }
            said = true;
            goodbye.run();
            if (deadline != null) {
                deadline.cancel(false);
                waiting--;
                if (waiting == 0) {
                    gate.open(ReadGate.Reason.GOODBYE);
                }
            }
        }
    }
}
