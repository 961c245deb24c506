package io.posthorn.events.runtime;

import io.posthorn.events.EventsException;
import io.posthorn.events.Position;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.QueueOptions.Overflow;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Content;
import io.posthorn.events.spi.Handling;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Incoming.Outcome;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/// How far the handlers of one name have come in what a subscription keeps: a durable message in a queue
/// that holds one, so that every broker keeps it. Thread-safe.
///
/// Events may be done in another order than they came in: what is remembered is the last one with nothing open before
/// it. So after a crash some come again, and none is left out.
final class Remembered {
    private static final Logger LOG = System.getLogger(Remembered.class.getName());
    private static final long NONE = -1;

    /// Events that are done between two times that it is written, while they come without a pause.
    private static final int SELDOM = 256;

    private final Link link;
    private final String queue;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private final TreeSet<Long> open = new TreeSet<>();
    private long highest = NONE;
    private volatile long written = NONE;

    Remembered(PosthornRuntime runtime, String queue) {
        this.link = runtime.link(); // which closes behind the handlers
        this.queue = queue;
        link.declareQueue(queue, QueueOptions.fifo().maxLength(1, Overflow.DROP_OLDEST));
    }

    /// Where the next handler begins.
    ///
    /// @param otherwise where nobody has begun yet
    Position orElse(Position otherwise) {
        Optional<Incoming> last = link.get(queue);
        last.ifPresent(incoming -> incoming.settlement().settle(Outcome.REQUEUE));
        return last.map(incoming -> new String(incoming.body(), StandardCharsets.US_ASCII))
                .<Position>map(number -> Position.at(Long.parseLong(number) + 1))
                .orElse(otherwise);
    }

    /// Called by who delivers: never waits for the broker.
    void came(Incoming incoming) {
        lock.lock();
        try {
            long position = positionOf(incoming);
            open.add(position);
            highest = Math.max(highest, position);
        } finally {
            lock.unlock();
        }
    }

    /// Called by handlers, which may have to wait for the broker now and then.
    void done(Incoming incoming) {
        lock.lock();
        try {
            open.remove(positionOf(incoming));
        } finally {
            lock.unlock();
        }
        if (reached() >= written + SELDOM) {
            write();
        }
    }

    /// Nothing more is to be done for the moment, or ever.
    void caughtUp() {
        if (reached() > written) {
            write();
        }
    }

    /// The next handler of this name is the first.
    void forget() {
        link.deleteQueue(queue);
    }

    private long reached() {
        lock.lock();
        try {
            return open.isEmpty() ? highest : open.first() - 1;
        } finally {
            lock.unlock();
        }
    }

    /// One at a time, so that what is written only grows.
    private void write() {
        writing.lock();
        try {
            long position = reached();
            if (position > written) {
                byte[] text = Long.toString(position).getBytes(StandardCharsets.US_ASCII);
                var content =
                        new Content(Ids.next(), "text/plain", null, link.clock().millis(), Map.of(), text);
                Waiting.on(link.publish(List.of(new Outgoing(Address.queue(queue), content, Handling.DEFAULT))));
                written = position;
            }
        } catch (EventsException e) {
            LOG.log(Level.WARNING, "how far ''{0}'' has come is not written: {1}", queue, e.getMessage());
        } finally {
            writing.unlock();
        }
    }

    private static long positionOf(Incoming incoming) {
        String position = incoming.headers().get(Link.POSITION);
        return position == null ? NONE : Long.parseLong(position);
    }
}
