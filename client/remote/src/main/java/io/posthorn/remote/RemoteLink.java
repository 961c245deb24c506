package io.posthorn.remote;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.events.Capability;
import io.posthorn.events.EventsException;
import io.posthorn.events.Position;
import io.posthorn.events.QueueOptions;
import io.posthorn.events.Retention;
import io.posthorn.events.spi.Incoming;
import io.posthorn.events.spi.Link;
import io.posthorn.events.spi.Outgoing;
import io.posthorn.events.spi.QueueArguments;
import io.posthorn.events.spi.StreamArguments;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A connection to a server. What may fail on its own has a channel of its own, since a failure ends the channel.
@SuppressWarnings("JavaUtilDate") // the client has timestamps as dates
final class RemoteLink implements Link {
    private static final Logger LOG = System.getLogger(RemoteLink.class.getName());

    private final Connection connection;
    private final RemoteServer server;
    private final InstantSource clock;
    private final ConfirmedPublishing publishing;
    private final Delays delays;
    private final Management management;

    /// @param management how the server is asked what AMQP has no words for
    RemoteLink(Connection connection, RemoteServer server, Management management, InstantSource clock)
            throws IOException {
        this.management = management;
        this.connection = connection;
        this.server = server;
        this.clock = clock;
        this.publishing = new ConfirmedPublishing(connection.createChannel(), server.name());
        this.delays = new Delays(server.isPosthorn(), server.name());
    }

    @Override
    public String server() {
        return server.name();
    }

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> all = EnumSet.copyOf(server.capabilities());
        if (server.isPosthorn() && management.answers()) {
            all.addAll(Management.CAPABILITIES);
        }
        return Set.copyOf(all);
    }

    @Override
    public boolean can(Capability capability) {
        return server.capabilities().contains(capability)
                || (Management.CAPABILITIES.contains(capability) && server.isPosthorn() && management.answers());
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
    public void declareStream(String name, Retention retention) {
        onChannel(channel -> channel.queueDeclare(name, true, false, false, StreamArguments.of(retention)));
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
        return management.peek(queue, most);
    }

    @Override
    public boolean remove(String queue, String id) {
        return management.remove(queue, id);
    }

    @Override
    public List<Delayed> delayed(String exchange) {
        return management.delayed(Delays.waitingAt(exchange));
    }

    @Override
    public boolean cancel(String exchange, Delayed delayed) {
        return management.cancel(Delays.waitingAt(exchange), delayed.id());
    }

    @Override
    public CompletionStage<Void> publish(List<Outgoing> messages) {
        if (messages.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        messages.forEach(delays::check);
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
        return consume(queue, Map.of(), prefetch, sink);
    }

    @Override
    public Intake consume(String stream, Position from, int prefetch, Consumer<Incoming> sink) {
        return consume(stream, StreamArguments.of(from, Date::from), prefetch, sink);
    }

    private Intake consume(String queue, Map<String, Object> arguments, int prefetch, Consumer<Incoming> sink) {
        Channel channel = open();
        try {
            channel.basicQos(prefetch);
            String tag = channel.basicConsume(queue, false, arguments, new RemoteConsumer(channel, queue, sink));
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
            return question.ask(channel);
        } catch (IOException e) {
            throw Failures.of(e, server());
        } catch (ShutdownSignalException e) {
            throw Failures.of(e, server());
        } finally {
            end(channel);
        }
    }

    /// Whatever came of it: a connection has room for so many.
    private void end(Channel channel) {
        if (!channel.isOpen()) {
            return; // a failure has ended it
        }
        try {
            channel.close();
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
