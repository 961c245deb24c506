package io.posthorn.verification.bench.backlog;

import io.posthorn.broker.Alarm;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Message;
import io.posthorn.broker.Publisher;
import io.posthorn.broker.ReceiptSink;
import io.posthorn.broker.SessionListener;
import io.posthorn.log.Bytes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Publishes persistent messages, a window of them at a time. Confined to the session's loop.
final class Filler implements ReceiptSink, SessionListener {
    private static final int WINDOW = 20_000;
    private static final int BATCH = 200;

    private final Loop loop;
    private final long messages;
    private final Supplier<Message> next;
    private long published;
    private long confirmed;
    private boolean open = true;
    private boolean scheduled;
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private @Nullable BrokerSession session;
    private @Nullable Publisher publisher;

    Filler(Loop loop, String queue, int bodyBytes, IntSupplier priority, long messages) {
        this(loop, messages, byPriority(queue, bodyBytes, priority));
    }

    /// @param next makes each message
    Filler(Loop loop, long messages, Supplier<Message> next) {
        this.loop = loop;
        this.messages = messages;
        this.next = next;
    }

    private static Supplier<Message> byPriority(String queue, int bodyBytes, IntSupplier priority) {
        var byPriority = new Message[256];
        for (int i = 0; i < byPriority.length; i++) {
            byPriority[i] = new Message(
                    "",
                    queue,
                    List.of(),
                    null,
                    List.of(),
                    new Bytes(new byte[bodyBytes]),
                    true,
                    i,
                    Message.NEVER,
                    0,
                    () -> Arguments.NONE);
        }
        return () -> byPriority[priority.getAsInt()];
    }

    /// @return completed with the number of messages when all are confirmed
    CompletableFuture<Long> filled() {
        return done;
    }

    void fill(BrokerSession on) {
        session = on;
        publisher = on.publisher(this);
        publish();
    }

    private void publish() {
        scheduled = false;
        BrokerSession on = session;
        Publisher through = publisher;
        if (on == null || through == null) {
            return;
        }
        for (int i = 0; i < BATCH && open && published < messages && published - confirmed < WINDOW; i++) {
            published++;
            through.publish(next.get(), published);
        }
        on.flush();
        publishLater();
    }

    /// As a socket read would come: after what else the loop has to do.
    private void publishLater() {
        if (!scheduled && open && published < messages && published - confirmed < WINDOW) {
            scheduled = true;
            loop.execute(this::publish);
        }
    }

    @Override
    public void accepted(long firstSequence, long lastSequence) {
        confirmed += lastSequence - firstSequence + 1;
        if (confirmed == messages) {
            done.complete(confirmed);
        } else {
            publishLater();
        }
    }

    @Override
    public void refused(long firstSequence, long lastSequence, BrokerException cause) {
        if (cause instanceof BrokerException.StorageFull) {
            // It is on its way to stop publishers; they are all alike, so as many more will do.
            published -= lastSequence - firstSequence + 1;
            publishLater();
        } else {
            done.completeExceptionally(cause);
        }
    }

    @Override
    public void acceptsPublishes(boolean accepts) {
        open = accepts;
        publishLater();
    }

    @Override
    public void alarms(Set<Alarm> on) {
        acceptsPublishes(on.isEmpty());
    }

    @Override
    public void ended(BrokerException cause) {
        done.completeExceptionally(cause);
    }
}
