package io.posthorn.remote;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.events.Capability;
import io.posthorn.events.EventsException;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import io.posthorn.events.spi.QueueArguments;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A connection to a server. What may fail on its own has a channel of its own, since a failure ends the channel.
final class RemoteLink implements Link {
    private static final Logger LOG = System.getLogger(RemoteLink.class.getName());

    private final Connection connection;
    private final RemoteServer server;
    private final InstantSource clock;
    private final ConfirmedPublishing publishing;
    private final Delays delays;

    RemoteLink(Connection connection, RemoteServer server, InstantSource clock) throws IOException {
        this.connection = connection;
        this.server = server;
        this.clock = clock;
        this.publishing = new ConfirmedPublishing(connection.createChannel(), server.name());
        this.delays = new Delays(server.isPosthorn());
    }

    @Override
    public String server() {
        return server.name();
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.copyOf(server.capabilities());
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public void declareQueue(String name, QueueOptions options) {
        onChannel(channel -> channel.queueDeclare(name, options.durable(), false, false, QueueArguments.of(options)));
    }

    @Override
    public void declareTemporaryQueue(String name) {
        onChannel(channel -> channel.queueDeclare(name, false, true, false, Map.of()));
    }

    @Override
    public void declareTopicExchange(String name) {
        onChannel(channel -> channel.exchangeDeclare(name, "topic", true));
    }

    @Override
    public void bind(String queue, String exchange, String pattern) {
        onChannel(channel -> channel.queueBind(queue, exchange, pattern));
    }

    @Override
    public void unbind(String queue, String exchange, String pattern) {
        onChannel(channel -> channel.queueUnbind(queue, exchange, pattern));
    }

    @Override
    public void deleteQueue(String name) {
        onChannel(channel -> channel.queueDelete(name));
        delays.forget(name);
    }

    @Override
    public long length(String queue) {
        return onChannel(channel -> channel.queueDeclarePassive(queue).getMessageCount());
    }

    @Override
    public long purge(String queue) {
        return onChannel(channel -> channel.queuePurge(queue).getMessageCount());
    }

    @Override
    public List<Incoming> peek(String queue, int most) {
        throw new EventsException.Unsupported(Capability.PEEK, server());
    }

    @Override
    public boolean remove(String queue, String id) {
        throw new EventsException.Unsupported(Capability.REMOVE, server());
    }

    @Override
    public List<Delayed> delayed(String exchange) {
        throw new EventsException.Unsupported(Capability.SCHEDULES, server());
    }

    @Override
    public boolean cancel(String exchange, Delayed delayed) {
        throw new EventsException.Unsupported(Capability.SCHEDULES, server());
    }

    @Override
    public CompletionStage<Void> publish(List<Outgoing> messages) {
        if (messages.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        for (Outgoing message : messages) {
            if (message.isDelayed()) {
                onChannel(channel -> {
                    delays.prepare(channel, message);
                    return true;
                });
            }
        }
        return publishing.publish(messages, delays::addressFor);
    }

    @Override
    public Optional<Incoming> get(String queue) {
        Channel channel = open();
        try {
            var holder = new RemoteConsumer(channel, queue, _ -> {});
            GetResponse response = channel.basicGet(queue, false);
            Optional<Incoming> taken = Optional.ofNullable(response)
                    .map(got -> holder.took(got.getEnvelope(), got.getProps(), got.getBody()));
            holder.takesNoMore();
            return taken;
        } catch (IOException e) {
            throw Failures.of(e, server());
        } catch (ShutdownSignalException e) {
            throw Failures.of(e, server());
        }
    }

    @Override
    public Intake consume(String queue, int prefetch, Consumer<Incoming> sink) {
        Channel channel = open();
        try {
            channel.basicQos(prefetch);
            String tag = channel.basicConsume(queue, false, new RemoteConsumer(channel, queue, sink));
            return () -> stop(channel, tag);
        } catch (IOException e) {
            throw Failures.of(e, server());
        } catch (ShutdownSignalException e) {
            throw Failures.of(e, server());
        }
    }

    private void stop(Channel channel, String tag) {
        try {
            channel.basicCancel(tag);
        } catch (IOException | ShutdownSignalException e) {
            LOG.log(Level.DEBUG, "a consumer was gone before it was cancelled: {0}", e.getMessage());
        }
    }

    private interface Question<T> {
        T ask(Channel channel) throws IOException;
    }

    private <T> T onChannel(Question<T> question) {
        Channel channel = open();
        try {
            T answer = question.ask(channel);
            channel.close();
            return answer;
        } catch (TimeoutException e) {
            throw new EventsException.Unreachable(server() + " does not answer in time", e);
        } catch (IOException e) {
            throw Failures.of(e, server());
        } catch (ShutdownSignalException e) {
            throw Failures.of(e, server());
        }
    }

    private Channel open() {
        try {
            Channel channel = connection.createChannel();
            if (channel == null) {
                throw new EventsException.Refused("the connection to " + server() + " has no channel left", null);
            }
            return channel;
        } catch (IOException e) {
            throw Failures.of(e, server());
        } catch (ShutdownSignalException e) {
            throw Failures.of(e, server());
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (IOException | AlreadyClosedException e) {
            LOG.log(Level.DEBUG, "the connection was gone before it was closed: {0}", e.getMessage());
        }
    }
}
