package io.posthorn.broker.queue;

import io.posthorn.broker.Message;
import io.posthorn.broker.SharedCredit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One consumer of a queue. Made by a session, then touched by the queue's thread only.
public final class Consumer extends Holder {
    private final String tag;
    private final boolean autoSettle;
    private final boolean exclusive;
    private final int prefetch;
    private final ConsumerSettings settings;
    private final ConsumerLink link;

    /// How long it may hold a delivery: what it asked for itself, or what its queue says.
    private long timeout;

    /// Null where deliveries may be held for ever.
    private @Nullable DeliveryTimes times;

    /// Whether the link has said that it can take no more for now.
    private boolean full;

    private boolean cancelled;

    /// Whether messages may come to it; volatile, since lists ask on other threads.
    private volatile boolean active;

    /// What it shares with other consumers, if anything.
    private @Nullable SharedCredit shared;

    /// Where it is in a stream; null at other queues.
    private @Nullable StreamCursor cursor;

    private boolean inLine;

    /// Whether one delivery of what it shares is reserved for it.
    private boolean granted;

    /// Whether it waits in the ring of those who can take deliveries.
    boolean inRing;

    /// Whether it got deliveries in this pass that are not flushed yet.
    boolean unflushed;

    /// @param prefetch how many unsettled deliveries it may hold; 0 is no limit
    public Consumer(
            String tag,
            boolean autoSettle,
            boolean exclusive,
            int prefetch,
            ConsumerSettings settings,
            ConsumerLink link) {
        this.tag = tag;
        this.autoSettle = autoSettle;
        this.exclusive = exclusive;
        this.prefetch = prefetch;
        this.settings = settings;
        mustSettleWithin(Message.NEVER, 0);
        this.link = link;
    }

    public String tag() {
        return tag;
    }

    boolean autoSettle() {
        return autoSettle;
    }

    boolean exclusive() {
        return exclusive;
    }

    ConsumerLink link() {
        return link;
    }

    void setActive(boolean active) {
        this.active = active;
    }

    /// Whether it is one of those that get messages, as all are but the ones that wait behind a single active consumer.
    /// On any thread.
    public boolean isActive() {
        return active;
    }

    int priority() {
        return settings.priority();
    }

    StreamRead wanted() {
        return settings.stream();
    }

    /// Whether it wants one partition of a topic and no other.
    boolean isOfOnePart() {
        return settings.partition() >= 0;
    }

    int prefetch() {
        return prefetch;
    }

    /// The queue gives deliveries so long, unless the consumer has asked for something else. For those that it holds
    /// and that had no end it begins now.
    void mustSettleWithin(long queueTimeout, long now) {
        timeout = settings.timeout() == Message.NEVER ? queueTimeout : settings.timeout();
        if (timeout == Message.NEVER || autoSettle) {
            times = null;
        } else if (times == null) {
            var begun = new DeliveryTimes();
            OffsetSet held = held();
            for (long offset = held.first(); offset != OffsetSet.NONE; offset = held.firstFrom(offset + 1)) {
                begun.add(offset, now);
            }
            times = begun;
        }
    }

    void startsAt(StreamCursor start) {
        cursor = start;
    }

    StreamCursor cursor() {
        return Objects.requireNonNull(cursor);
    }

    /// A delivery is about to be held by it.
    ///
    /// @return whether that is the only one that it must settle in time
    boolean took(long offset, long now) {
        DeliveryTimes known = times;
        if (known == null) {
            return false;
        }
        boolean first = known.oldest(held()) == OffsetSet.NONE;
        known.add(offset, now);
        return first;
    }

    void gaveBack(long from, long to) {
        if (times != null) {
            times.remove(from, to);
        }
    }

    /// When it must have settled the oldest delivery that it holds; [Message#NEVER] when there is no such time.
    long deadline() {
        DeliveryTimes known = times;
        long oldest = known == null ? OffsetSet.NONE : known.oldest(held());
        return oldest == OffsetSet.NONE ? Message.NEVER : oldest + timeout;
    }

    long deadlineAfter(long time) {
        return time + timeout;
    }

    long timeout() {
        return timeout;
    }

    boolean isWelcome() {
        return !full && !cancelled && (prefetch == 0 || held().cardinality() < prefetch);
    }

    /// How many deliveries it can take at once; none, as far as is known, when that depends on others.
    long room() {
        if (!isWelcome() || shared != null) {
            return 0;
        }
        return prefetch == 0 ? Integer.MAX_VALUE : prefetch - held().cardinality();
    }

    /// From now on its deliveries, and those it holds, count in what it shares with others.
    public void share(SharedCredit credit) {
        if (shared == null) {
            shared = credit;
            credit.hold((int) held().cardinality());
        }
    }

    /// Asks for one delivery; when there is none to be had, the consumer's link tells when there is.
    boolean takeCredit() {
        SharedCredit credit = shared;
        if (credit == null) {
            return true;
        }
        if (granted) {
            granted = false;
            if (autoSettle) {
                credit.giveBack(1);
            }
            return true;
        }
        if (credit.take(!autoSettle)) {
            return true;
        }
        if (!inLine) {
            inLine = true;
            credit.standInLine(link::creditGranted);
        }
        return false;
    }

    /// There was nothing to deliver.
    void giveBackCredit() {
        if (shared != null && !autoSettle) {
            shared.giveBack(1);
        }
    }

    public void creditGranted() {
        inLine = false;
        granted = true;
    }

    /// What was granted is for others: there is nothing to deliver, or nobody to deliver to.
    public void declineCredit() {
        if (granted && shared != null) {
            granted = false;
            shared.giveBack(1);
        }
    }

    @Override
    void freed(long deliveries) {
        if (shared != null) {
            shared.giveBack((int) deliveries);
        }
    }

    void setFull(boolean full) {
        this.full = full;
    }

    void cancel() {
        cancelled = true;
        if (cursor != null) {
            cursor.reader().close();
        }
        declineCredit();
    }

    boolean isCancelled() {
        return cancelled;
    }

    /// Tells the sink that nothing more comes for now.
    public void flush() {
        unflushed = false;
        link.flush();
    }
}
