package io.posthorn.broker;

import io.posthorn.broker.message.MessageDecoder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One reply address. Whoever publishes on the requester's own thread calls its sink; from another thread a copy is
/// handed over. What the requester does not take waits, up to a limit, and is dropped beyond: replies are
/// delivered at most once.
///
/// [#offer] may be called by any thread; all else is confined to the session's.
final class LocalReplyAddress extends LocalHandle implements ReplyAddress, QueueHandle {
    private static final Logger LOG = System.getLogger(LocalReplyAddress.class.getName());

    private static final long MOST_WAITING = 4L * 1024 * 1024;

    /// What a waiting message costs besides its body.
    private static final long OVERHEAD = 256;

    private final String name;
    private final LocalSession session;
    private final ReplyAddresses addresses;
    private final MemoryBudget memory;
    private final DeliverySink sink;
    private final AtomicLong waitingBytes = new AtomicLong();
    private final ArrayDeque<Message> waiting = new ArrayDeque<>(0);
    private @Nullable SharedCredit shared;
    private boolean welcome = true;
    private boolean closed;
    private volatile boolean hasDropped;

    LocalReplyAddress(
            String name, LocalSession session, ReplyAddresses addresses, MemoryBudget memory, DeliverySink sink) {
        this.name = name;
        this.session = session;
        this.addresses = addresses;
        this.memory = memory;
        this.sink = sink;
    }

    @Override
    public String name() {
        return name;
    }

    String virtualHost() {
        return session.virtualHost();
    }

    /// @param message its bytes are valid during the call only
    void offer(Message message) {
        SessionSpec.IoExecutor io = session.spec().io();
        if (io.isCurrentThread() && waiting.isEmpty() && mayDeliver()) {
            pass(message);
            sink.flush();
            return;
        }
        long size = sizeOf(message);
        if (!claim(size)) {
            return;
        }
        Message copy = MessageDecoder.copyOf(message);
        if (io.isCurrentThread()) {
            arrive(copy);
        } else {
            handOver(io, copy, size);
        }
    }

    private void handOver(SessionSpec.IoExecutor io, Message copy, long size) {
        try {
            io.execute(() -> arrive(copy));
        } catch (RejectedExecutionException stopped) {
            release(size);
        }
    }

    private void arrive(Message message) {
        if (closed) {
            release(sizeOf(message));
            return;
        }
        waiting.add(message);
        feed();
    }

    private void feed() {
        int fed = 0;
        while (!waiting.isEmpty() && mayDeliver()) {
            Message message = waiting.remove();
            release(sizeOf(message));
            pass(message);
            fed++;
        }
        if (fed > 0) {
            sink.flush();
        }
    }

    private boolean mayDeliver() {
        return welcome && !closed && (shared == null || !shared.isPaused());
    }

    private void pass(Message message) {
        try {
            welcome = sink.deliver(new Delivery(this, 0, false, 0, message, -1));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a requester failed to take a reply", e);
        }
    }

    private static long sizeOf(Message message) {
        return message.body().length() + OVERHEAD;
    }

    private boolean claim(long size) {
        // A reply alone may be as large as any message.
        if (waitingBytes.addAndGet(size) > Math.max(MOST_WAITING, size)) {
            waitingBytes.addAndGet(-size);
            if (!hasDropped) {
                hasDropped = true;
                LOG.log(
                        Level.WARNING,
                        "{0} takes no replies: those beyond {1} bytes are dropped",
                        session,
                        MOST_WAITING);
            }
            return false;
        }
        memory.hold(size);
        return true;
    }

    private void release(long size) {
        waitingBytes.addAndGet(-size);
        memory.release(size);
    }

    @Override
    @Nullable
    SettleCollector collector(QueueHandle queue) {
        // Nothing of it is ever unsettled.
        return null;
    }

    @Override
    public void cancel(Reply<Done> reply) {
        close();
        reply.ok(Done.DONE);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            addresses.closed(this);
            waiting.forEach(message -> release(sizeOf(message)));
            waiting.clear();
            session.closed(this);
        }
    }

    /// Only whether it is paused matters here: what comes is settled at once.
    @Override
    public void share(SharedCredit credit, Reply<Done> reply) {
        shared = credit;
        reply.ok(Done.DONE);
    }

    @Override
    public void resume() {
        welcome = true;
        feed();
    }
}
