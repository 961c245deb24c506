package io.posthorn.remote;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.events.EventsException;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Content;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeoutException;

/// One channel that publishes, and what is unanswered on it: the broker's tags begin at 1 with each channel, so both
/// end with it. One thread at a time publishes; answers come on the connection's.
final class ConfirmedChannel {
    private static final Logger LOG = System.getLogger(ConfirmedChannel.class.getName());

    private final Channel channel;
    private final String server;
    private final Watcher watcher;
    private final ConcurrentNavigableMap<Long, Message> unanswered = new ConcurrentSkipListMap<>();
    private long next = 1; // of the thread that publishes; the client also counts what it then does not send
    private volatile boolean isOver;

    /// Who has opened it. Called on the connection's thread.
    interface Watcher {
        /// So many are unanswered no more.
        void answered(int messages);

        /// The channel has ended, and nobody who has published on it knows yet.
        ///
        /// @param doubtful the ids of what was unanswered, when nobody can tell whose fault it was
        void ended(Set<String> doubtful);
    }

    private static final class Message {
        private final String id;
        private final Address to;
        private final Publication publication;
        private boolean cameBack; // of the connection's thread

        Message(String id, Address to, Publication publication) {
            this.id = id;
            this.to = to;
            this.publication = publication;
        }

        boolean is(Return returned) {
            return !cameBack
                    && id.equals(returned.getProperties().getMessageId())
                    && to.exchange().equals(returned.getExchange())
                    && to.routingKey().equals(returned.getRoutingKey());
        }
    }

    ConfirmedChannel(Channel channel, String server, Watcher watcher) throws IOException {
        this.channel = channel;
        this.server = server;
        this.watcher = watcher;
        channel.confirmSelect();
        channel.addConfirmListener(this::confirmed, this::refused);
        channel.addReturnListener(this::unroutable);
        channel.addShutdownListener(this::ended);
    }

    boolean isOpen() {
        return !isOver && channel.isOpen();
    }

    /// @return whether it went out; the publication is told otherwise
    boolean publish(Content content, BasicProperties properties, Address to, Publication publication) {
        unanswered.put(next, new Message(content.id(), to, publication));
        try {
            channel.basicPublish(to.exchange(), to.routingKey(), to.mustArrive(), properties, content.body());
            next++;
            return true;
        } catch (IllegalArgumentException e) { // AMQP has no room for it, so the broker has seen nothing of it
            notSent(new EventsException.BadMessage("a message cannot be sent to " + server + ": " + e.getMessage(), e));
        } catch (IOException e) { // half of it may be on the wire
            isOver = true;
            notSent(new EventsException.Unreachable(server + " does not answer: " + e.getMessage(), e));
        } catch (ShutdownSignalException e) {
            // Whoever tells the others tells this one too, unless that was before it came.
            if (isOver) {
                notSent(new EventsException.Unreachable(server + " has ended what publishes: " + e.getMessage(), e));
            }
        }
        return false;
    }

    private void notSent(EventsException why) {
        fail(take(next, false), why);
    }

    private void confirmed(long tag, boolean multiple) {
        take(tag, multiple).forEach(message -> message.publication.confirmed());
    }

    private void refused(long tag, boolean multiple) {
        fail(
                take(tag, multiple),
                new EventsException.Refused(server + " refused it: the queue is full, or cannot keep it", null));
    }

    /// A message that comes back is confirmed behind that.
    private void unroutable(Return returned) {
        for (Message message : unanswered.values()) {
            if (message.is(returned)) {
                message.cameBack = true;
                message.publication.failed(new EventsException.Refused("nobody takes what is for " + message.to, null));
                return;
            }
        }
    }

    private void ended(ShutdownSignalException cause) {
        isOver = true;
        List<Message> left = take(Long.MAX_VALUE, true);
        Set<Publication> publications = new HashSet<>();
        left.forEach(message -> publications.add(message.publication));
        boolean isOnes = !cause.isHardError() && publications.size() <= 1;
        Set<String> doubtful = new HashSet<>();
        if (!isOnes && !cause.isHardError()) {
            left.forEach(message -> doubtful.add(message.id));
        }
        watcher.ended(doubtful);
        fail(left, isOnes || cause.isInitiatedByApplication() ? Failures.of(cause, server) : mayBeIn(cause));
    }

    private EventsException mayBeIn(ShutdownSignalException cause) {
        String what = cause.isHardError() ? " has gone: " : " has refused something that was being published: ";
        return new EventsException.Unreachable(
                server + what + Failures.of(cause, server).getMessage() + ". This may be in", cause);
    }

    private static void fail(List<Message> messages, EventsException why) {
        messages.forEach(message -> message.publication.failed(why));
    }

    private List<Message> take(long tag, boolean multiple) {
        var taken = new ArrayList<Message>();
        if (multiple) {
            for (var first = unanswered.firstEntry();
                    first != null && first.getKey() <= tag;
                    first = unanswered.firstEntry()) {
                take(first.getKey(), taken);
            }
        } else {
            take(tag, taken);
        }
        watcher.answered(taken.size());
        return taken;
    }

    /// Whoever gets it tells it.
    private void take(long tag, List<Message> taken) {
        Message message = unanswered.remove(tag);
        if (message != null) {
            taken.add(message);
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            LOG.log(Level.DEBUG, "a channel that publishes went by itself: {0}", e.getMessage());
        }
    }
}
