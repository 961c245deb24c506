package io.posthorn.remote;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.events.EventsException;
import io.posthorn.events.spi.Address;
import io.posthorn.events.spi.Outgoing;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Publishes on a channel of its own, waits for the broker's confirms, and goes on with another channel when that one
/// has ended. Thread-safe.
final class ConfirmedPublishing {
    /// More than this wait until some are answered.
    private static final int MOST_UNANSWERED = 10_000;

    /// Of more than these nobody remembers that they are in doubt.
    private static final int MOST_DOUBTED = 100_000;

    private final Supplier<Channel> channels;
    private final String server;
    private final Runnable whenEnded;
    private final ReentrantLock order = new ReentrantLock();
    private final Semaphore permits = new Semaphore(MOST_UNANSWERED);
    private @Nullable ConfirmedChannel current; // guarded by the order

    /// What a channel's end has left in doubt. When it is tried again it has a channel to itself, so that the broker's
    /// refusal ends nothing of the others', and is known to be for it.
    private final Set<String> doubted = ConcurrentHashMap.newKeySet();

    /// @param channels opens one
    /// @param whenEnded runs before anybody knows that what they published has failed with its channel
    ConfirmedPublishing(Supplier<Channel> channels, String server, Runnable whenEnded) {
        this.channels = channels;
        this.server = server;
        this.whenEnded = whenEnded;
    }

    /// @param addressing where a message is published first
    CompletionStage<Void> publish(List<Outgoing> messages, Function<Outgoing, Address> addressing) {
        var publication = new Publication(messages.size());
        try {
            if (isDoubted(messages)) {
                publishAlone(messages, addressing, publication);
            } else {
                publish(messages, addressing, publication, current());
            }
        } catch (EventsException e) {
            publication.failed(e);
        }
        return publication.answer();
    }

    /// What is behind one that could not be sent is not sent.
    private void publish(
            List<Outgoing> messages,
            Function<Outgoing, Address> addressing,
            Publication publication,
            ConfirmedChannel channel) {
        for (Outgoing message : messages) {
            BasicProperties properties = MessageMapping.properties(message);
            Address to = addressing.apply(message);
            permits.acquireUninterruptibly();
            order.lock();
            try {
                if (!channel.publish(message.content(), properties, to, publication)) {
                    return;
                }
            } finally {
                order.unlock();
            }
        }
    }

    private boolean isDoubted(List<Outgoing> messages) {
        return !doubted.isEmpty()
                && messages.stream()
                        .anyMatch(message -> doubted.contains(message.content().id()));
    }

    private void publishAlone(
            List<Outgoing> messages, Function<Outgoing, Address> addressing, Publication publication) {
        ConfirmedChannel own = open();
        try {
            publish(messages, addressing, publication, own);
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
        var _ = publication.answer().whenComplete((_, failure) -> {
            if (failure == null) {
                messages.forEach(message -> doubted.remove(message.content().id()));
            }
            Thread.startVirtualThread(own::close); // this may be the connection's thread, which answers that
        });
    }

    private ConfirmedChannel current() {
        order.lock();
        try {
            if (current == null || !current.isOpen()) {
                current = open();
            }
            return current;
        } finally {
            order.unlock();
        }
    }

    private ConfirmedChannel open() {
        Channel channel = channels.get();
        try {
            return new ConfirmedChannel(channel, server, new Watcher());
        } catch (IOException e) {
            throw Failures.of(e, server);
        } catch (ShutdownSignalException e) {
            throw Failures.of(e, server);
        }
    }

    private final class Watcher implements ConfirmedChannel.Watcher {
        @Override
        public void answered(int messages) {
            permits.release(messages);
        }

        @Override
        public void ended(Set<String> doubtful) {
            whenEnded.run();
            if (doubted.size() > MOST_DOUBTED) {
                doubted.clear();
            }
            doubted.addAll(doubtful);
        }
    }
}
