package io.posthorn.remote;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.events.EventsException;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Outgoing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Publishes on a channel of its own and waits for the broker's confirms. Thread-safe.
final class ConfirmedPublishing {
    /// More than this wait until some are answered.
    private static final int MOST_UNANSWERED = 10_000;

    private final Channel channel;
    private final String server;
    private final ReentrantLock order = new ReentrantLock();
    private final ConcurrentNavigableMap<Long, Message> unanswered = new ConcurrentSkipListMap<>();
    private long next = 1; // guarded by the order; the client also counts what it then does not send
    private final Semaphore permits = new Semaphore(MOST_UNANSWERED);

    /// One message, and the publication it is part of.
    private record Message(String id, Publication publication) {}

    private static final class Publication {
        private final CompletableFuture<Void> answer = new CompletableFuture<>();
        private final AtomicInteger missing;

        Publication(int size) {
            missing = new AtomicInteger(size);
        }

        void answered() {
            if (missing.decrementAndGet() == 0) {
                answer.complete(null);
            }
        }
    }

    ConfirmedPublishing(Channel channel, String server) throws IOException {
        this.channel = channel;
        this.server = server;
        channel.confirmSelect();
        channel.addConfirmListener(
                this::confirmed,
                (tag, multiple) -> refused(
                        tag,
                        multiple,
                        new EventsException.Refused(
                                server + " refused it: the queue is full, or cannot keep it", null)));
        channel.addReturnListener(returned -> unroutable(
                returned.getProperties().getMessageId(),
                new EventsException.Refused(
                        "nobody takes what is for "
                                + new Address(returned.getExchange(), returned.getRoutingKey(), List.of(), true),
                        null)));
        channel.addShutdownListener(this::ended);
    }

    /// @param addressing where a message is published first
    CompletionStage<Void> publish(List<Outgoing> messages, Function<Outgoing, Address> addressing) {
        var publication = new Publication(messages.size());
        for (Outgoing message : messages) {
            permits.acquireUninterruptibly();
            BasicProperties properties = MessageMapping.properties(message);
            order.lock();
            try {
                unanswered.put(next, new Message(message.content().id(), publication));
                Address to = addressing.apply(message);
                channel.basicPublish(
                        to.exchange(),
                        to.routingKey(),
                        to.mustArrive(),
                        properties,
                        message.content().body());
                next++;
            } catch (IllegalArgumentException e) { // AMQP has no room for it, so the broker has seen nothing of it
                notSent(
                        publication,
                        new EventsException.BadMessage(
                                "a message cannot be sent to " + server + ": " + e.getMessage(), e));
            } catch (IOException e) {
                notSent(publication, Failures.of(e, server));
            } catch (ShutdownSignalException e) {
                notSent(publication, Failures.of(e, server));
            } finally {
                order.unlock();
            }
        }
        return publication.answer;
    }

    private void notSent(Publication publication, EventsException why) {
        take(next, false);
        publication.answer.completeExceptionally(why);
    }

    private void confirmed(long tag, boolean multiple) {
        take(tag, multiple).forEach(message -> message.publication.answered());
    }

    private void refused(long tag, boolean multiple, EventsException why) {
        take(tag, multiple).forEach(message -> message.publication.answer.completeExceptionally(why));
    }

    /// A message that comes back is confirmed behind that.
    private void unroutable(String id, EventsException why) {
        for (Message message : unanswered.values()) {
            if (message.id.equals(id)) {
                message.publication.answer.completeExceptionally(why);
                return;
            }
        }
    }

    private void ended(ShutdownSignalException cause) {
        refused(Long.MAX_VALUE, true, Failures.of(cause, server));
    }

    private List<Message> take(long tag, boolean multiple) {
        var taken = new ArrayList<Message>();
        if (multiple) {
            for (var first = unanswered.firstEntry();
                    first != null && first.getKey() <= tag;
                    first = unanswered.firstEntry()) {
                unanswered.remove(first.getKey());
                taken.add(first.getValue());
            }
        } else {
            Message message = unanswered.remove(tag);
            if (message != null) {
                taken.add(message);
            }
        }
        permits.release(taken.size());
        return taken;
    }
}
